package org.dmabuf.display.kms;

import java.util.OptionalLong;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.display.kms.KmsEvent.Kind;
import org.dmabuf.fence.DmaFence;

/**
 * Who waits for vblanks. Each wait is a fence, so that what a thread waits for can be told.
 *
 * <p>Thread-safe. Kernel counterpart: {@code drm_vblank.c}.
 */
final class Vblanks {
  private final KmsDevice device;

  Vblanks(KmsDevice device) {
    this.device = device;
  }

  VblankTime last(Crtc crtc) {
    return device.locked().change(after -> running(crtc).last(device.now()));
  }

  VblankTime await(Crtc crtc, long sequence) {
    Waited waited = new Waited(device.fences().vblank());
    VblankTime reached =
        device
            .locked()
            .change(
                after -> {
                  Pipe pipe = running(crtc);
                  VblankTime last = pipe.last(device.now());
                  if (last.sequence() >= sequence) {
                    return last;
                  }
                  pipe.await(sequence, waited::came);
                  device.timer(pipe, after);
                  return null;
                });
    if (reached != null) {
      device.fences().signal(waited.fence);
      return reached;
    }
    // A completion that a driver loses holds nobody up for ever.
    boolean came;
    do {
      came = waited.fence.await(Commits.VBLANK_BOUND);
    } while (!came && waited.time == null);
    return waited.time;
  }

  /** One thread's wait, whose time is written before its fence completes. */
  private final class Waited {
    private final DmaFence fence;
    private volatile VblankTime time;

    Waited(DmaFence fence) {
      this.fence = fence;
    }

    void came(VblankTime now) {
      time = now;
      device.fences().signal(fence);
    }
  }

  void request(KmsFile file, Crtc crtc, long sequence, long cookie) {
    device
        .locked()
        .change(
            after -> {
              device.checkOpen(file, "asked for a vblank");
              file.events().checkRoom(1);
              Pipe pipe = running(crtc);
              VblankTime last = pipe.last(device.now());
              if (last.sequence() >= sequence) {
                tell(file, crtc, cookie, last);
                after.add(file.events()::wake);
              } else {
                pipe.await(
                    sequence,
                    time -> {
                      tell(file, crtc, cookie, time);
                      file.events().wake();
                    });
                device.timer(pipe, after);
              }
              return OptionalLong.empty();
            });
  }

  private static void tell(KmsFile file, Crtc crtc, long cookie, VblankTime time) {
    file.events()
        .deliver(new KmsEvent(Kind.VBLANK, crtc, cookie, time.sequence(), time.timeNanos()));
  }

  private Pipe running(Crtc crtc) {
    Pipe pipe = device.pipe(crtc);
    if (!pipe.isRunning()) {
      throw new DmaBufException(
          Errno.EINVAL, crtc + " of " + device + " has no vblanks while it is off; switch it on");
    }
    return pipe;
  }
}
