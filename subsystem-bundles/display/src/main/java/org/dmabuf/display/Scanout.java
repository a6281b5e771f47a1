package org.dmabuf.display;

import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.memory.FrameChecksum;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.Transfer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A frame whose flip was decided, in the hands of its {@link ScanoutDriver}.
 *
 * <pre>
 *   SHOWABLE --the flip after it is complete, or the display has gone--> RETIRED
 * </pre>
 *
 * <p>To be shown on the display's thread only.
 */
public final class Scanout {
  private enum State {
    SHOWABLE,
    RETIRED
  }

  private static final Logger LOG = LoggerFactory.getLogger(Scanout.class);

  private final Commit commit;
  private final long sequence;
  private final long timeNanos;
  private volatile State state = State.SHOWABLE;
  private int checksum;
  private long bytesRead;

  Scanout(Commit commit, long sequence, long timeNanos) {
    this.commit = commit;
    this.sequence = sequence;
    this.timeNanos = timeNanos;
  }

  /** Returns the commit's cookie. */
  public long cookie() {
    return commit.cookie();
  }

  /** Returns how the frame lies in its buffer, never null. */
  public FrameLayout layout() {
    return commit.framebuffer().layout();
  }

  /** Returns the number of the vblank, as in {@link FlipEvent#sequence()}. */
  public long sequence() {
    return sequence;
  }

  /** Returns the time of the vblank on the product's clock, in ns. */
  public long timeNanos() {
    return timeNanos;
  }

  /**
   * Reads the frame once through the display's own mapping, as a beam would, and tells the
   * recorder.
   *
   * @return the checksum of the samples
   * @throws DmaBufException EINVAL when the frame has been replaced
   */
  public int show() {
    if (state == State.RETIRED) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Frame "
              + cookie()
              + " was to be shown after its successor was; its buffer is given back");
    }
    FrameView view = commit.framebuffer().view();
    checksum = FrameChecksum.of(view.as(Transfer.READ), layout());
    bytesRead += sampleBytes();
    ScanoutRecorder recorder = commit.file().recorder();
    if (recorder != null) {
      try {
        recorder.scanned(cookie(), layout(), view.as(Transfer.VERIFIED));
      } catch (RuntimeException | Error failed) {
        // The recorder is somebody else's: whatever it does, the frame is on the screen.
        LOG.error("The recorder of frame {} failed: {}", cookie(), failed, failed);
      }
    }
    return checksum;
  }

  Framebuffer framebuffer() {
    return commit.framebuffer();
  }

  Mode mode() {
    return commit.setting().mode();
  }

  int checksum() {
    return checksum;
  }

  long bytesRead() {
    return bytesRead;
  }

  /** The frame leaves the screen. */
  void retire() {
    state = State.RETIRED;
  }

  private long sampleBytes() {
    long bytes = 0;
    for (FrameLayout.Plane plane : layout().planes()) {
      bytes += (long) plane.rowBytes() * plane.rows();
    }
    return bytes;
  }
}
