package org.dmabuf.importer.v4l2;

import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.video.Capture;
import org.dmabuf.video.CaptureDriver;
import org.dmabuf.video.FrameSource;
import org.dmabuf.video.FrameTarget;
import org.dmabuf.video.SourceInfo;
import org.dmabuf.video.VideoFormat;

/**
 * A camera whose sensor is a frame source, which may come and go.
 *
 * <pre>
 *   NO SOURCE --connect--> SOURCE --connect another--> SOURCE
 *             <--disconnect--
 * </pre>
 *
 * <p>Thread-safe; nothing blocks but the source's own reading. Kernel counterpart: {@code
 * drivers/media/test-drivers/vivid}.
 */
final class V4l2Capture implements CaptureDriver {
  private final String wanted;
  private volatile FrameSource source;

  /**
   * Makes a driver without a source.
   *
   * @param wanted what source it waits for, as the log says it; never null
   */
  V4l2Capture(String wanted) {
    this.wanted = wanted;
  }

  /** Takes frames from a source from now on. */
  synchronized void connect(FrameSource comes) {
    source = comes;
  }

  /** Forgets a source, unless another one has taken its place. */
  synchronized void disconnect(FrameSource goes) {
    if (source == goes) {
      source = null;
    }
  }

  @Override
  public void check(VideoFormat asked) {
    FrameSource now = source;
    if (now == null) {
      return; // the source that comes will say
    }
    SourceInfo info = now.info();
    VideoFormat delivered = new VideoFormat(info.format(), info.width(), info.height());
    if (!delivered.equals(asked)) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Frame source %s delivers %s, and %s was asked; ask for the former, or open the source"
                  .formatted(info.name(), delivered, asked)
              + " for the latter");
    }
  }

  @Override
  public Capture capture(FrameTarget target) {
    FrameSource now = source;
    return now == null ? new Capture.NotReady(wanted) : Capture.from(now, target);
  }
}
