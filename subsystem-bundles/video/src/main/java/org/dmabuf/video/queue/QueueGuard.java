package org.dmabuf.video.queue;

import java.util.Objects;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * Who may use a queue now, and what those are told who may not.
 *
 * <pre>
 *   owner    none --request or create buffers--> a file --request 0, close--> none
 *   use      STREAMING_API --first poll, read or write without buffers--> FILE_IO --close--> ...
 *   driver   HERE --> LEAVING --> GONE      nothing begins any more; what is done can be dequeued
 * </pre>
 *
 * <p>Guarded by its queue. Kernel counterpart: {@code vb2_queue_is_busy()}, {@code
 * vb2_fileio_is_active()}.
 */
final class QueueGuard {
  private enum Use {
    STREAMING_API,
    FILE_IO
  }

  private enum Driver {
    HERE,
    LEAVING,
    GONE
  }

  private final String device;
  private Object owner;
  private Use use = Use.STREAMING_API;
  private Driver driver = Driver.HERE;

  QueueGuard(String device) {
    this.device = device;
  }

  /** Returns the name of the device, for messages. */
  String device() {
    return device;
  }

  void setOwner(Object file) {
    owner = file;
  }

  boolean isOwner(Object file) {
    return owner != null && owner == file;
  }

  /** From now on the file reads or writes frames, until it is closed. */
  void beginFileIo(Object file) {
    owner = file;
    use = Use.FILE_IO;
  }

  void endFileIo() {
    use = Use.STREAMING_API;
  }

  boolean isFileIo() {
    return use == Use.FILE_IO;
  }

  void driverLeaves() {
    if (driver == Driver.HERE) {
      driver = Driver.LEAVING;
    }
  }

  void driverIsGone() {
    driver = Driver.GONE;
  }

  boolean isGone() {
    return driver == Driver.GONE;
  }

  /** Whether the driver is leaving, or has left. */
  boolean isLeaving() {
    return driver != Driver.HERE;
  }

  void checkHere() {
    if (isLeaving()) {
      throw error(Errno.ENODEV, "is gone with its driver; open its successor");
    }
  }

  /** ENODEV; EBUSY while another file owns the queue. */
  void checkNotOther(Object by) {
    checkHere();
    checkMayTake(by);
  }

  /** EBUSY while another file owns the queue; the driver may have left. */
  void checkMayTake(Object by) {
    if (owner != null && owner != Objects.requireNonNull(by, "by")) {
      throw error(Errno.EBUSY, "has its buffers from another file; that one frees them");
    }
  }

  /** As {@link #checkNotOther}, and EBUSY while a file reads or writes frames. */
  void check(Object by) {
    checkNotOther(by);
    checkNoFileIo();
  }

  void checkNoFileIo() {
    if (isFileIo()) {
      throw error(Errno.EBUSY, "is read or written as a file; close that file first");
    }
  }

  DmaBufException error(Errno errno, String rest, Object... values) {
    return new DmaBufException(errno, "Video device " + device + " " + rest.formatted(values));
  }
}
