package org.dmabuf.display.kms;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.display.kms.KmsEvent.Kind;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads decided frames for those who record them, each CRTC's on a thread of its own.
 *
 * <pre>
 *   begin() -> the driver scans out -> fences -> framebuffers given back -> event
 *                                        |
 *                                        +-- from here on the next commit can be made
 * </pre>
 *
 * <p>The out-fence comes before anything that takes a reservation: who holds that may be waiting
 * for it. The event comes after: who takes it may use the buffer that left the screen elsewhere.
 */
final class Scanning implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Scanning.class);

  /** How long a thread may take to end once it was interrupted, in real ms. */
  private static final long INTERRUPT_MILLIS = 1_000;

  private record Told(Kind kind, List<Framebuffer> left, boolean settles) {}

  private final KmsDevice device;
  private final Runner runner;
  private final Flips flips;
  private final Map<Crtc, Work> threads = new HashMap<>();

  Scanning(KmsDevice device, Runner runner, Flips flips, List<Crtc> crtcs) {
    this.device = device;
    this.runner = runner;
    this.flips = flips;
    for (Crtc crtc : crtcs) {
      String thread = device.info().name() + "-" + crtc.name();
      threads.put(crtc, new Work(thread, device.threads()));
    }
  }

  /** Whether somebody wants to see what a flip shows. */
  static boolean isWanted(Flip flip) {
    return flip.commit().file().recorder() != null
        && flip.changes().stream().anyMatch(change -> change.after().framebuffer().isPresent());
  }

  /** A flip was decided; under the lock. */
  void begin(Flip flip, VblankTime at, List<Runnable> after) {
    ScanoutRecorder recorder = flip.commit().file().recorder();
    Scanout frame = new Scanout(flip.frames(), flip.event().orElse(0), at, recorder);
    after.add(() -> threads.get(flip.crtc()).later(() -> scan(flip, at, frame)));
  }

  private void scan(Flip flip, VblankTime at, Scanout frame) {
    Optional<Errno> error = scanOut(frame);
    Told told = device.locked().change(after -> end(flip, frame, error, after));
    Flips.giveBackNow(flip.commit(), told.left(), told.settles());
    device
        .locked()
        .change(
            after -> {
              flips.tell(flip, told.kind(), at, frame.read(), after);
              return null;
            });
  }

  private Optional<Errno> scanOut(Scanout frame) {
    try {
      device.driver().scanOut(frame);
      return Optional.empty();
    } catch (DmaBufException failed) {
      LOG.error("{} failed to show frame {}: {}", device, frame.cookie(), failed.getMessage());
      return Optional.of(failed.errno());
    } catch (RuntimeException | Error failed) {
      LOG.error("{} failed to show frame {}: {}", device, frame.cookie(), failed, failed);
      return Optional.of(Errno.EIO);
    }
  }

  /** Under the lock. */
  private Told end(Flip flip, Scanout frame, Optional<Errno> error, List<Runnable> after) {
    List<Framebuffer> left;
    if (error.isPresent()) {
      frame.retire();
      left = flips.skip(flip, error.get(), after);
    } else {
      runner.pipe(flip.crtc()).scanned(frame);
      left = flips.complete(flip, after);
    }
    // A file may have ended meanwhile, and what it showed with it.
    runner.follow(flip.crtc(), device.state(), after);
    return new Told(
        error.isPresent() ? Kind.FLIP_SKIPPED : Kind.FLIP_COMPLETE,
        left,
        Flips.settles(flip.commit()));
  }

  /** Waits until all that was decided is told, each CRTC at most for a real time. */
  void drain(long millis) {
    threads.forEach(
        (crtc, thread) -> {
          if (!thread.drain(millis)) {
            LOG.error("{} does not end its scan-out of {} within {} ms", device, crtc, millis);
          }
        });
  }

  /** As {@link #drain}, with the last resort against a driver or recorder that hangs. */
  void end(long millis) {
    List<Work> hung = new ArrayList<>();
    threads.forEach(
        (crtc, thread) -> {
          if (!thread.drain(millis)) {
            LOG.error(
                "{} does not end its scan-out of {}; it is at {}",
                device,
                crtc,
                Arrays.toString(thread.interrupt()));
            hung.add(thread);
          }
        });
    hung.forEach(thread -> thread.drain(INTERRUPT_MILLIS));
  }

  /** What is in its hands still ends. */
  @Override
  public void close() {
    threads.values().forEach(Work::close);
  }
}
