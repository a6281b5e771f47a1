package org.dmabuf.sync;

import java.lang.foreign.MemorySegment;
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
}
