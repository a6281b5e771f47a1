package org.dmabuf.sync;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContexts;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.Ioctl;
import org.dmabuf.file.IoctlStruct;
import org.dmabuf.file.OpenFile;

/**
 * What an open device does with the structures that programs give it about one sync object; those
 * about several are in {@link SyncObjArrays}. The order in which arguments are looked at is
 * Linux's.
 *
 * <pre>
 *   CREATE         0 handle u32 | 4 flags u32
 *   DESTROY        0 handle u32 | 4 pad u32
 *   HANDLE_TO_FD   0 handle u32 | 4 flags u32 | 8 fd s32 | 12 pad u32      FD_TO_HANDLE alike
 *   TRANSFER       0 src u32 | 4 dst u32 | 8 src_point u64 | 16 dst_point u64 | 24 flags u32
 *                  | 28 pad u32
 *   EVENTFD        0 handle u32 | 4 flags u32 | 8 point u64 | 16 fd s32 | 20 pad u32
 * </pre>
 *
 * <p>Thread-safe. Kernel counterpart: {@code drm_syncobj.c}.
 */
final class SyncObjRequests {
  static final int HANDLE = 0;
  static final int FLAGS = 4;
  static final int FD = 8;
  static final int TRANSFER_DST = 4;
  static final int TRANSFER_SRC_POINT = 8;
  static final int TRANSFER_DST_POINT = 16;
  static final int TRANSFER_FLAGS = 24;
  static final int EVENT_POINT = 8;
  static final int EVENT_FD = 16;

  private static final int DESTROY_PAD = 4;
  private static final int FD_PAD = 12;
  private static final int TRANSFER_PAD = 28;
  private static final int EVENT_PAD = 20;

  private final String device;
  private final FenceContexts contexts;
  private final SyncObjHandles handles = new SyncObjHandles();
  private final SyncObjArrays arrays = new SyncObjArrays(this);

  SyncObjRequests(String device, FenceContexts contexts) {
    this.device = device;
    this.contexts = contexts;
  }

  /** Does what a request asks; returns false for one that is none of sync objects. */
  boolean call(FileTable caller, int request, MemorySegment argument) {
    int number = Ioctl.number(request);
    if (number == Ioctl.number(SyncObjIoctl.CREATE)) {
      create(IoctlStruct.of(request, argument));
    } else if (number == Ioctl.number(SyncObjIoctl.DESTROY)) {
      destroy(IoctlStruct.of(request, argument));
    } else if (number == Ioctl.number(SyncObjIoctl.HANDLE_TO_FD)) {
      toFile(caller, IoctlStruct.of(request, argument));
    } else if (number == Ioctl.number(SyncObjIoctl.FD_TO_HANDLE)) {
      fromFile(caller, IoctlStruct.of(request, argument));
    } else if (number == Ioctl.number(SyncObjIoctl.TRANSFER)) {
      transfer(IoctlStruct.of(request, argument));
    } else if (number == Ioctl.number(SyncObjIoctl.EVENTFD)) {
      eventFile(caller, IoctlStruct.of(request, argument));
    } else {
      return arrays.call(number, request, argument);
    }
    return true;
  }

  void close() {
    handles.clear();
  }

  /** Returns the object of a handle; ENOENT. */
  SyncObj find(int handle) {
    return find(handle, Errno.ENOENT);
  }

  DmaBufException refused(Errno errno, String why) {
    return new DmaBufException(errno, "Device " + device + " " + why);
  }

  /** EINVAL for flags that are none of these. */
  void checkFlags(String request, int flags, int known) {
    if ((flags & ~known) != 0) {
      throw refused(
          Errno.EINVAL,
          "was asked for "
              + request
              + " with flags 0x"
              + Integer.toHexString(flags)
              + "; those of 0x"
              + Integer.toHexString(known)
              + " would work");
    }
  }

  void checkZero(String request, int pad) {
    if (pad != 0) {
      throw refused(Errno.EINVAL, "was asked for " + request + " with pad " + pad + "; 0 works");
    }
  }

  private SyncObj find(int handle, Errno missing) {
    return handles
        .find(handle)
        .orElseThrow(
            () ->
                refused(
                    missing,
                    "was asked for sync object "
                        + Integer.toUnsignedString(handle)
                        + "; this open file has none of that number"));
  }

  private void create(IoctlStruct struct) {
    int flags = struct.getInt(FLAGS);
    checkFlags("a new sync object", flags, SyncObjIoctl.CREATE_SIGNALED);
    struct.setInt(HANDLE, 0); // who cannot be told the number gets none
    SyncObj object = new SyncObj(contexts);
    if (flags == SyncObjIoctl.CREATE_SIGNALED) {
      object.signal();
    }
    struct.setInt(HANDLE, handles.add(object));
  }

  private void destroy(IoctlStruct struct) {
    checkZero("the end of a sync object", struct.getInt(DESTROY_PAD));
    int handle = struct.getInt(HANDLE);
    if (!handles.remove(handle)) {
      throw refused(
          Errno.EINVAL,
          "was asked for the end of sync object "
              + Integer.toUnsignedString(handle)
              + "; this open file has none of that number");
    }
  }

  private void toFile(FileTable caller, IoctlStruct struct) {
    checkZero("a file of a sync object", struct.getInt(FD_PAD));
    int flags = struct.getInt(FLAGS);
    checkFlags("a file of a sync object", flags, SyncObjIoctl.SYNC_FILE);
    struct.setInt(FD, struct.getInt(FD)); // who cannot be told the descriptor gets none
    int handle = struct.getInt(HANDLE);
    OpenFile file =
        flags == SyncObjIoctl.SYNC_FILE
            ? new SyncFile(find(handle).require(0))
            : new SyncObjFile(find(handle, Errno.EINVAL));
    struct.setInt(FD, caller.install(file, true));
  }

  private void fromFile(FileTable caller, IoctlStruct struct) {
    checkZero("the sync object of a file", struct.getInt(FD_PAD));
    int flags = struct.getInt(FLAGS);
    checkFlags("the sync object of a file", flags, SyncObjIoctl.SYNC_FILE);
    int fd = struct.getInt(FD);
    if (flags == SyncObjIoctl.SYNC_FILE) {
      DmaFence fence = SyncFile.fenceOf(caller, fd).orElseThrow(() -> wrongFile(fd, "a sync file"));
      find(struct.getInt(HANDLE)).replace(fence);
      return;
    }
    SyncObj object =
        SyncObjFile.objectOf(caller, fd).orElseThrow(() -> wrongFile(fd, "a sync object's file"));
    struct.setInt(HANDLE, 0); // who cannot be told the number gets none
    struct.setInt(HANDLE, handles.add(object));
  }

  private void transfer(IoctlStruct struct) {
    checkZero("a transfer", struct.getInt(TRANSFER_PAD));
    SyncObj to = find(struct.getInt(TRANSFER_DST));
    SyncObj from = find(struct.getInt(HANDLE));
    int flags = struct.getInt(TRANSFER_FLAGS);
    checkFlags("a transfer", flags, SyncObjIoctl.WAIT_FOR_SUBMIT);
    long point = struct.getLong(TRANSFER_SRC_POINT);
    DmaFence taken =
        flags == SyncObjIoctl.WAIT_FOR_SUBMIT ? from.awaitSubmitted(point) : from.require(point);
    to.transfer(struct.getLong(TRANSFER_DST_POINT), taken);
  }

  private void eventFile(FileTable caller, IoctlStruct struct) {
    int flags = struct.getInt(FLAGS);
    checkFlags("an event", flags, SyncObjIoctl.WAIT_AVAILABLE);
    checkZero("an event", struct.getInt(EVENT_PAD));
    SyncObj object = find(struct.getInt(HANDLE));
    EventFd event = event(caller, struct.getInt(EVENT_FD));
    long point = struct.getLong(EVENT_POINT);
    if (flags == SyncObjIoctl.WAIT_AVAILABLE) {
      object.signalWhenSubmitted(point, event);
    } else {
      object.signalWhenDone(point, event);
    }
  }

  /** EBADF when it is not open, EINVAL when it is another kind of file. */
  private EventFd event(FileTable caller, int fd) {
    OpenFile file = caller.get(fd);
    try {
      if (file instanceof EventFd event) {
        return event;
      }
      throw wrongFile(fd, "an event file");
    } finally {
      file.put();
    }
  }

  private DmaBufException wrongFile(int fd, String wanted) {
    return refused(Errno.EINVAL, "was given fd " + fd + ", which is not " + wanted);
  }

  /** Returns the objects of a list of handles; ENOENT when one has none. */
  List<SyncObj> findAll(IoctlStruct list, int count) {
    List<SyncObj> all = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      all.add(find(list.getInt((long) i * Integer.BYTES)));
    }
    return all;
  }
}
