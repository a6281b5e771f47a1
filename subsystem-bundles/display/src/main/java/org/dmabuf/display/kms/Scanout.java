package org.dmabuf.display.kms;

import java.util.List;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.memory.FrameChecksum;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.Transfer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The frames of a flip that was decided, in the hands of a {@link ScanoutDriver}.
 *
 * <pre>
 *   SHOWABLE --the flip after it is complete, or the display has gone--> RETIRED
 * </pre>
 *
 * <p>To be shown on the CRTC's thread only.
 */
public final class Scanout {
  private enum State {
    SHOWABLE,
    RETIRED
  }

  private static final Logger LOG = LoggerFactory.getLogger(Scanout.class);
  private static final int PRIME = 31;

  private final List<Framebuffer> frames;
  private final long cookie;
  private final VblankTime at;
  private final ScanoutRecorder recorder;
  private volatile State state = State.SHOWABLE;
  private int checksum;
  private long bytesRead;

  Scanout(List<Framebuffer> frames, long cookie, VblankTime at, ScanoutRecorder recorder) {
    this.frames = frames;
    this.cookie = cookie;
    this.at = at;
    this.recorder = recorder;
  }

  /** Returns the commit's number, as its event has it; 0 for one without event. */
  public long cookie() {
    return cookie;
  }

  /** Returns how the frames lie in their buffers, those of lower planes first, never null. */
  public List<FrameLayout> layouts() {
    return frames.stream().flatMap(frame -> frame.layout().stream()).toList();
  }

  /** Returns the number of the vblank, as in {@link KmsEvent#sequence()}. */
  public long sequence() {
    return at.sequence();
  }

  /** Returns the time of the flip on the product's clock, in ns. */
  public long timeNanos() {
    return at.timeNanos();
  }

  /**
   * Reads the frames once through the display's own mapping, as a beam would, and tells the
   * recorder.
   *
   * @return the checksum of the samples
   * @throws DmaBufException EINVAL when they have been replaced
   */
  public int show() {
    checksum = 0;
    for (Framebuffer frame : frames) {
      if (state == State.RETIRED || !frame.tryUse()) {
        throw new DmaBufException(
            Errno.EINVAL,
            "Frame "
                + cookie
                + " was to be shown after its successor was; its buffer is given back");
      }
      try {
        frame.layout().ifPresent(layout -> show(frame, layout));
      } finally {
        frame.unuse();
      }
    }
    return checksum;
  }

  private void show(Framebuffer frame, FrameLayout layout) {
    FrameView view = frame.view(0);
    checksum = PRIME * checksum + FrameChecksum.of(view.as(Transfer.READ), layout);
    for (FrameLayout.Plane plane : layout.planes()) {
      bytesRead += (long) plane.rowBytes() * plane.rows();
    }
    if (recorder == null) {
      return; // he has gone since it was decided
    }
    try {
      recorder.scanned(cookie, layout, view.as(Transfer.VERIFIED));
    } catch (RuntimeException | Error failed) {
      // The recorder is somebody else's: whatever it does, the frame is on the screen.
      LOG.error("The recorder of frame {} failed: {}", cookie, failed, failed);
    }
  }

  Scan read() {
    return bytesRead == 0 ? Scan.NONE : new Scan(checksum, bytesRead);
  }

  /** The frames leave the screen. */
  void retire() {
    state = State.RETIRED;
  }
}
