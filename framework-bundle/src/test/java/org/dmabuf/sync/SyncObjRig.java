package org.dmabuf.sync;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Framework;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.Ioctl;
import org.dmabuf.file.IoctlStruct;
import org.dmabuf.file.OpenFlags;

/** A program with a device of sync objects open. */
final class SyncObjRig {
  final DmaBufRegistry client;
  final FileTable table;
  final int device;

  SyncObjRig(Framework framework) {
    client = framework.open("program");
    table = client.files();
    device = client.syncObjDevice(table, "gpu", OpenFlags.O_RDWR);
  }

  int create(int flags) {
    return SyncObjIoctl.create(table, device, flags);
  }

  int[] handles(int... handles) {
    return handles;
  }

  /** Makes a request of 32-bit fields as they lie; returns its structure. */
  IoctlStruct raw(int request, int... fields) {
    MemorySegment memory = MemorySegment.ofArray(new byte[Ioctl.bytes(request)]);
    IoctlStruct struct = IoctlStruct.of(request, memory);
    for (int i = 0; i < fields.length; i++) {
      struct.setInt((long) i * Integer.BYTES, fields[i]);
    }
    table.ioctl(device, request, memory);
    return struct;
  }

  /** A sync file of a pending fence. */
  int pending(String timeline) {
    int fd = SwSyncIoctl.open(client, table, timeline, 0);
    return SwSyncIoctl.createFence(table, fd, 1);
  }

  /** Makes a request of a list of handles whose field behind their number is not 0. */
  void rawList(int request, int countAt, int[] handles, int behind) {
    table.ioctl(device, request, list(request, countAt, handles, 0, behind));
  }

  /** Waits for one object until 0 ns, which have come, and tells its fence a deadline. */
  void awaitWithDeadline(PointKind kind, int handle, long deadlineNanos) {
    boolean binary = kind == PointKind.BINARY;
    int request = binary ? SyncObjIoctl.WAIT : SyncObjIoctl.TIMELINE_WAIT;
    SyncObjArrays.WaitLayout layout =
        binary ? SyncObjArrays.WaitLayout.BINARY : SyncObjArrays.WaitLayout.TIMELINE;
    int bytes = Ioctl.bytes(request);
    MemorySegment memory = MemorySegment.ofArray(new byte[bytes + Long.BYTES + Integer.BYTES]);
    IoctlStruct struct = IoctlStruct.of(request, memory);
    struct.setLong(SyncObjArrays.HANDLES, memory.address() + bytes + Long.BYTES);
    if (!binary) {
      struct.setLong(SyncObjArrays.POINTS, memory.address() + bytes); // point 0: what is there
    }
    struct.setInt(layout.count, 1);
    struct.setInt(layout.flags, SyncObjIoctl.WAIT_DEADLINE);
    struct.setLong(layout.deadline, deadlineNanos);
    memory.set(ValueLayout.JAVA_INT_UNALIGNED, bytes + (long) Long.BYTES, handle);
    table.ioctl(device, request, memory);
  }

  /** A request to signal points of which nobody has the addresses. */
  MemorySegment pointsOutOfReach(int[] handles) {
    long nowhere = 1 << 20;
    return list(SyncObjIoctl.TIMELINE_SIGNAL, SyncObjArrays.POINTS_COUNT, handles, nowhere, 0);
  }

  private static MemorySegment list(
      int request, int countAt, int[] handles, long points, int behind) {
    int bytes = Ioctl.bytes(request);
    MemorySegment memory = MemorySegment.ofArray(new byte[bytes + handles.length * Integer.BYTES]);
    IoctlStruct struct = IoctlStruct.of(request, memory);
    struct.setLong(SyncObjArrays.HANDLES, memory.address() + bytes);
    if (countAt == SyncObjArrays.POINTS_COUNT) {
      struct.setLong(SyncObjArrays.POINTS, points);
    }
    struct.setInt(countAt, handles.length);
    struct.setInt(countAt + (long) Integer.BYTES, behind);
    for (int i = 0; i < handles.length; i++) {
      memory.set(ValueLayout.JAVA_INT_UNALIGNED, bytes + (long) i * Integer.BYTES, handles[i]);
    }
    return memory;
  }
}
