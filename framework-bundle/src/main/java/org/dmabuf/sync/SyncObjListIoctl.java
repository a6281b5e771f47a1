package org.dmabuf.sync;

import java.lang.foreign.MemorySegment;
import org.dmabuf.DmaBufException;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.Ioctl;
import org.dmabuf.file.IoctlStruct;
import org.dmabuf.sync.SyncObjArrays.WaitLayout;

/**
 * How a program makes with one call each the requests of {@link SyncObjIoctl} about several sync
 * objects.
 *
 * <p>All calls throw EBADF when the device is not open, ENOTTY when it is no device, and ENOENT for
 * a handle that the device file does not have, which changes nothing. Kernel counterpart: {@code
 * include/uapi/drm/drm.h}.
 */
public final class SyncObjListIoctl {
  private SyncObjListIoctl() {}

  /**
   * Waits until all that is in one of the objects has completed.
   *
   * @param table the program's descriptors, never null
   * @param device the device
   * @param handles whose, never null
   * @param flags {@link SyncObjIoctl#WAIT_ALL}, {@link SyncObjIoctl#WAIT_FOR_SUBMIT}
   * @param untilNanos the time on the product's clock at which to give up
   * @return the lowest index of those that have completed, also when all are waited for; 0 without
   *     handles
   * @throws DmaBufException EINVAL for other flags, and without WAIT_FOR_SUBMIT for an empty
   *     object; ETIME; ERESTARTSYS
   */
  public static int await(FileTable table, int device, int[] handles, int flags, long untilNanos) {
    int bytes = Ioctl.bytes(SyncObjIoctl.WAIT);
    MemorySegment memory = memory(bytes, handles, 0);
    IoctlStruct struct = IoctlStruct.of(SyncObjIoctl.WAIT, memory);
    return await(table, device, WaitLayout.BINARY, struct, memory, handles, flags, untilNanos);
  }

  /**
   * Waits until one of several points has completed.
   *
   * @param points of each object one, never null
   * @param flags {@link SyncObjIoctl#WAIT_ALL}, {@link SyncObjIoctl#WAIT_FOR_SUBMIT}, {@link
   *     SyncObjIoctl#WAIT_AVAILABLE}
   * @param untilNanos the time on the product's clock at which to give up
   * @return as {@link #await}
   * @throws DmaBufException EINVAL for other flags, and without WAIT_FOR_SUBMIT and WAIT_AVAILABLE
   *     for a point that is not submitted; ETIME; ERESTARTSYS
   */
  public static int awaitPoints(
      FileTable table, int device, int[] handles, long[] points, int flags, long untilNanos) {
    int bytes = Ioctl.bytes(SyncObjIoctl.TIMELINE_WAIT);
    MemorySegment memory = memory(bytes, handles, points.length);
    IoctlStruct struct = IoctlStruct.of(SyncObjIoctl.TIMELINE_WAIT, memory);
    struct.setLong(SyncObjArrays.POINTS, putPoints(memory, bytes, handles, points));
    return await(table, device, WaitLayout.TIMELINE, struct, memory, handles, flags, untilNanos);
  }

  /**
   * Empties objects.
   *
   * @throws DmaBufException EINVAL without handles
   */
  public static void reset(FileTable table, int device, int[] handles) {
    list(table, device, SyncObjIoctl.RESET, handles);
  }

  /**
   * Completes objects.
   *
   * @throws DmaBufException EINVAL without handles
   */
  public static void signal(FileTable table, int device, int[] handles) {
    list(table, device, SyncObjIoctl.SIGNAL, handles);
  }

  /**
   * Completes points.
   *
   * @param points of each object one, never null
   * @throws DmaBufException EINVAL without handles
   */
  public static void signalPoints(FileTable table, int device, int[] handles, long[] points) {
    points(table, device, SyncObjIoctl.TIMELINE_SIGNAL, handles, points, 0);
  }

  /**
   * Asks how far timelines have come.
   *
   * @param flags {@link SyncObjIoctl#QUERY_LAST_SUBMITTED}
   * @return of each object one point
   * @throws DmaBufException EINVAL for other flags, and without handles
   */
  public static long[] query(FileTable table, int device, int[] handles, int flags) {
    return points(table, device, SyncObjIoctl.QUERY, handles, new long[handles.length], flags);
  }

  private static int await(
      FileTable table,
      int device,
      WaitLayout layout,
      IoctlStruct struct,
      MemorySegment memory,
      int[] handles,
      int flags,
      long untilNanos) {
    int request = layout == WaitLayout.BINARY ? SyncObjIoctl.WAIT : SyncObjIoctl.TIMELINE_WAIT;
    struct.setLong(SyncObjArrays.HANDLES, putHandles(memory, Ioctl.bytes(request), handles));
    struct.setLong(layout.timeout, untilNanos);
    struct.setInt(layout.count, handles.length);
    struct.setInt(layout.flags, flags);
    table.ioctl(device, request, memory);
    return struct.getInt(layout.first);
  }

  private static void list(FileTable table, int device, int request, int[] handles) {
    MemorySegment memory = memory(Ioctl.bytes(request), handles, 0);
    IoctlStruct struct = IoctlStruct.of(request, memory);
    struct.setLong(SyncObjArrays.HANDLES, putHandles(memory, Ioctl.bytes(request), handles));
    struct.setInt(SyncObjArrays.COUNT, handles.length);
    table.ioctl(device, request, memory);
  }

  private static long[] points(
      FileTable table, int device, int request, int[] handles, long[] points, int flags) {
    int bytes = Ioctl.bytes(request);
    MemorySegment memory = memory(bytes, handles, points.length);
    IoctlStruct struct = IoctlStruct.of(request, memory);
    long address = putPoints(memory, bytes, handles, points);
    struct.setLong(SyncObjArrays.HANDLES, putHandles(memory, bytes, handles));
    struct.setLong(SyncObjArrays.POINTS, address);
    struct.setInt(SyncObjArrays.POINTS_COUNT, handles.length);
    struct.setInt(SyncObjArrays.POINTS_FLAGS, flags);
    table.ioctl(device, request, memory);
    IoctlStruct list = IoctlStruct.at(memory, address, (long) points.length * Long.BYTES);
    long[] answered = new long[points.length];
    for (int i = 0; i < answered.length; i++) {
      answered[i] = list.getLong((long) i * Long.BYTES);
    }
    return answered;
  }

  /** The structure, and behind it the handles and the points. */
  private static MemorySegment memory(int bytes, int[] handles, int points) {
    return SyncIoctl.segment(bytes + handles.length * Integer.BYTES + points * Long.BYTES);
  }

  private static long putHandles(MemorySegment memory, int bytes, int[] handles) {
    long address = memory.address() + bytes;
    IoctlStruct list = IoctlStruct.at(memory, address, (long) handles.length * Integer.BYTES);
    for (int i = 0; i < handles.length; i++) {
      list.setInt((long) i * Integer.BYTES, handles[i]);
    }
    return address;
  }

  private static long putPoints(MemorySegment memory, int bytes, int[] handles, long[] points) {
    long address = memory.address() + bytes + (long) handles.length * Integer.BYTES;
    IoctlStruct list = IoctlStruct.at(memory, address, (long) points.length * Long.BYTES);
    for (int i = 0; i < points.length; i++) {
      list.setLong((long) i * Long.BYTES, points[i]);
    }
    return address;
  }
}
