package org.dmabuf.video;

import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * Who may use a queue now, and what those are told who may not.
 *
 * <pre>
 *   driver   HERE --> LEAVING --> GONE
 *   owner    none --requestBuffers(n)--> a file --requestBuffers(0), close--> none
 *   stream   not ended --end of the source, or broken--> ended --streamOff--> not ended
 * </pre>
 *
 * <p>Guarded by its queue.
 */
final class QueueGuard {
  private enum Driver {
    HERE,
    LEAVING,
    GONE
  }

  private final String device;
  private Driver driver = Driver.HERE;
  private VideoFile owner;
  private String ended;

  QueueGuard(String device) {
    this.device = device;
  }

  void driverLeaves() {
    if (driver == Driver.HERE) {
      driver = Driver.LEAVING;
    }
  }

  void driverIsGone() {
    driver = Driver.GONE;
  }

  boolean isLeaving() {
    return driver != Driver.HERE;
  }

  boolean isGone() {
    return driver == Driver.GONE;
  }

  void setOwner(VideoFile file) {
    owner = file;
  }

  boolean isOwner(VideoFile file) {
    return owner == file;
  }

  /** Says how the stream ended; null for a stream that has not. */
  void setEnded(String sentence) {
    ended = sentence;
  }

  void checkHere() {
    if (isLeaving()) {
      throw error(Errno.ENODEV, "is gone with its driver; open its successor");
    }
  }

  void checkNotOther(VideoFile by) {
    if (owner != null && owner != by) {
      throw error(Errno.EBUSY, "has its buffers from another file; that one frees them");
    }
  }

  void checkOwner(VideoFile by) {
    checkNotOther(by);
    if (owner == null) {
      throw error(Errno.EINVAL, "has no buffers; request some first");
    }
  }

  void checkNotEnded() {
    if (ended != null) {
      throw error(Errno.EPIPE, "%s; switch the stream off to begin anew", ended);
    }
  }

  DmaBufException error(Errno errno, String rest, Object... values) {
    return new DmaBufException(errno, "Capture device " + device + " " + rest.formatted(values));
  }
}
