package org.dmabuf.sync;

import java.lang.foreign.MemorySegment;
import org.dmabuf.DmaBufException;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.Ioctl;
import org.dmabuf.file.IoctlStruct;

/**
 * The requests of a device that has sync objects, and how a program makes with one call each those
 * about one object; {@link SyncObjListIoctl} has the others.
 *
 * <p>All calls throw EBADF when the device is not open and ENOTTY when it is no device. Kernel
 * counterpart: {@code include/uapi/drm/drm.h}.
 */
public final class SyncObjIoctl {
  static final char TYPE = 'd';

  /** Makes an object. */
  public static final int CREATE = Ioctl.readWrite(TYPE, 0xbf, 8);

  /** Takes a handle back; the object lives as long as others have it. */
  public static final int DESTROY = Ioctl.readWrite(TYPE, 0xc0, 8);

  /** Makes a file of an object, or a sync file of what is in it. */
  public static final int HANDLE_TO_FD = Ioctl.readWrite(TYPE, 0xc1, 16);

  /** Gives the object of a file a handle, or puts the fence of a sync file into one. */
  public static final int FD_TO_HANDLE = Ioctl.readWrite(TYPE, 0xc2, 16);

  /** Waits for all that is in objects. */
  public static final int WAIT = Ioctl.readWrite(TYPE, 0xc3, 40);

  /** Empties objects. */
  public static final int RESET = Ioctl.readWrite(TYPE, 0xc4, 16);

  /** Completes objects. */
  public static final int SIGNAL = Ioctl.readWrite(TYPE, 0xc5, 16);

  /** Waits for points of objects. */
  public static final int TIMELINE_WAIT = Ioctl.readWrite(TYPE, 0xca, 48);

  /** Tells how far timelines have come. */
  public static final int QUERY = Ioctl.readWrite(TYPE, 0xcb, 24);

  /** Copies a point of one object to one of another. */
  public static final int TRANSFER = Ioctl.readWrite(TYPE, 0xcc, 32);

  /** Completes points of objects. */
  public static final int TIMELINE_SIGNAL = Ioctl.readWrite(TYPE, 0xcd, 24);

  /** Adds to an event file when a point comes. */
  public static final int EVENTFD = Ioctl.readWrite(TYPE, 0xcf, 24);

  /** Flag of {@link #create}: it has completed from the beginning. */
  public static final int CREATE_SIGNALED = 1;

  /** Flag of {@link #toFile} and {@link #fromFile}: the file is a sync file. */
  public static final int SYNC_FILE = 1;

  /** Flag of a wait: for all of them. */
  public static final int WAIT_ALL = 1;

  /** Flag of a wait: also for what is not submitted yet. */
  public static final int WAIT_FOR_SUBMIT = 2;

  /** Flag of a wait for points: only until they are submitted. */
  public static final int WAIT_AVAILABLE = 4;

  /** Flag of a wait: with a deadline, which the fences are told. */
  public static final int WAIT_DEADLINE = 8;

  /** Flag of a query: for the last point that was submitted. */
  public static final int QUERY_LAST_SUBMITTED = 1;

  private SyncObjIoctl() {}

  /**
   * Makes an object.
   *
   * @param table the program's descriptors, never null
   * @param device the device
   * @param flags {@link #CREATE_SIGNALED}
   * @return its handle, 1 or more
   * @throws DmaBufException EINVAL for other flags
   */
  public static int create(FileTable table, int device, int flags) {
    IoctlStruct struct = call(table, device, CREATE, 0, flags);
    return struct.getInt(SyncObjRequests.HANDLE);
  }

  /**
   * Takes a handle back.
   *
   * @throws DmaBufException EINVAL when the device file has no such handle
   */
  public static void destroy(FileTable table, int device, int handle) {
    call(table, device, DESTROY, handle, 0);
  }

  /**
   * Makes a file of an object, with close on exec.
   *
   * @param flags 0 for the object itself, {@link #SYNC_FILE} for a sync file of what is in it now
   * @return the descriptor
   * @throws DmaBufException EINVAL for other flags; EINVAL, with SYNC_FILE ENOENT, for a handle
   *     that the device file does not have; with SYNC_FILE EINVAL when the object is empty; EMFILE
   */
  public static int toFile(FileTable table, int device, int handle, int flags) {
    return call(table, device, HANDLE_TO_FD, handle, flags).getInt(SyncObjRequests.FD);
  }

  /**
   * Gives the object of a file a handle, or puts the fence of a sync file into an object.
   *
   * @param handle with SYNC_FILE whose, else ignored
   * @param flags 0 for the file of an object, {@link #SYNC_FILE} for a sync file
   * @return the handle: without SYNC_FILE a new one each time
   * @throws DmaBufException EINVAL for other flags, and when the file is not of that kind; then,
   *     with SYNC_FILE, ENOENT for a handle that the device file does not have
   */
  public static int fromFile(FileTable table, int device, int fd, int handle, int flags) {
    MemorySegment memory = SyncIoctl.segment(Ioctl.bytes(FD_TO_HANDLE));
    IoctlStruct struct = IoctlStruct.of(FD_TO_HANDLE, memory);
    struct.setInt(SyncObjRequests.HANDLE, handle);
    struct.setInt(SyncObjRequests.FLAGS, flags);
    struct.setInt(SyncObjRequests.FD, fd);
    table.ioctl(device, FD_TO_HANDLE, memory);
    return struct.getInt(SyncObjRequests.HANDLE);
  }

  /**
   * Copies a point of one object to one of another; see {@link SyncObj#transfer}.
   *
   * @param flags {@link #WAIT_FOR_SUBMIT}, to wait until the source has the point
   * @throws DmaBufException ENOENT for a handle that the device file does not have; EINVAL for
   *     other flags, and when the source does not have the point; ETIME when it did not come in
   *     time; ERESTARTSYS
   */
  public static void transfer(
      FileTable table,
      int device,
      int target,
      long targetPoint,
      int source,
      long sourcePoint,
      int flags) {
    MemorySegment memory = SyncIoctl.segment(Ioctl.bytes(TRANSFER));
    IoctlStruct struct = IoctlStruct.of(TRANSFER, memory);
    struct.setInt(SyncObjRequests.HANDLE, source);
    struct.setInt(SyncObjRequests.TRANSFER_DST, target);
    struct.setLong(SyncObjRequests.TRANSFER_SRC_POINT, sourcePoint);
    struct.setLong(SyncObjRequests.TRANSFER_DST_POINT, targetPoint);
    struct.setInt(SyncObjRequests.TRANSFER_FLAGS, flags);
    table.ioctl(device, TRANSFER, memory);
  }

  /**
   * Adds 1 to an event file when a point has completed.
   *
   * @param flags {@link #WAIT_AVAILABLE}, for when it has been submitted
   * @throws DmaBufException EINVAL for other flags; ENOENT for a handle that the device file does
   *     not have; EBADF when fd is not open, EINVAL when it is no event file
   */
  public static void event(FileTable table, int device, int handle, long point, int fd, int flags) {
    MemorySegment memory = SyncIoctl.segment(Ioctl.bytes(EVENTFD));
    IoctlStruct struct = IoctlStruct.of(EVENTFD, memory);
    struct.setInt(SyncObjRequests.HANDLE, handle);
    struct.setInt(SyncObjRequests.FLAGS, flags);
    struct.setLong(SyncObjRequests.EVENT_POINT, point);
    struct.setInt(SyncObjRequests.EVENT_FD, fd);
    table.ioctl(device, EVENTFD, memory);
  }

  private static IoctlStruct call(FileTable table, int device, int request, int handle, int flags) {
    MemorySegment memory = SyncIoctl.segment(Ioctl.bytes(request));
    IoctlStruct struct = IoctlStruct.of(request, memory);
    struct.setInt(SyncObjRequests.HANDLE, handle);
    struct.setInt(SyncObjRequests.FLAGS, flags);
    table.ioctl(device, request, memory);
    return struct;
  }
}
