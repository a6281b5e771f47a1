package org.dmabuf.sync;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.IoctlStruct;

/**
 * What a sync file does with the structures that programs give it.
 *
 * <pre>
 *   MERGE         0 name[32] | 32 fd2 s32 | 36 fence s32 | 40 flags u32 | 44 pad u32
 *   FILE_INFO     0 name[32] | 32 status s32 | 36 flags u32 | 40 num_fences u32 | 44 pad u32
 *                 | 48 address of num_fences times
 *                   0 timeline[32] | 32 driver[32] | 64 status s32 | 68 flags u32 | 72 time u64
 *   SET_DEADLINE  0 deadline_ns u64 | 8 pad u64
 * </pre>
 *
 * <p>Kernel counterpart: {@code sync_file_ioctl()}.
 */
final class SyncFileRequests {
  static final int NAME_BYTES = SyncFile.MAX_NAME_BYTES + 1;
  static final int MERGE_BYTES = 48;
  static final int FD2 = 32;
  static final int MERGED = 36;
  static final int INFO_BYTES = 56;
  static final int STATUS = 32;
  static final int COUNT = 40;
  static final int FENCES = 48;
  static final int FENCE_BYTES = 80;
  static final int FENCE_DRIVER = 32;
  static final int FENCE_STATUS = 64;
  static final int FENCE_TIME = 72;
  static final int DEADLINE_BYTES = 16;

  private static final int MERGE_FLAGS = 40;
  private static final int INFO_FLAGS = 36;
  private static final int PAD = 44;
  private static final int DEADLINE_PAD = 8;

  private SyncFileRequests() {}

  /** EFAULT; EINVAL for flags or pad; ENOENT for the other; EMFILE. */
  static void merge(SyncFile file, FileTable caller, MemorySegment argument) {
    IoctlStruct struct = IoctlStruct.of(SyncIoctl.MERGE, argument);
    checkZero(file, "merged", struct.getInt(MERGE_FLAGS), struct.getInt(PAD));
    int other = struct.getInt(FD2);
    DmaFence fence =
        SyncFile.fenceOf(caller, other)
            .orElseThrow(
                () ->
                    new DmaBufException(
                        Errno.ENOENT,
                        file.describe()
                            + " was to be merged with fd "
                            + other
                            + " of "
                            + caller.owner()
                            + ", which is no sync file"));
    String name = struct.getText(0, NAME_BYTES);
    // Who cannot be told the descriptor gets none: so the place for it is tried before.
    struct.setInt(MERGED, struct.getInt(MERGED));
    struct.setInt(MERGED, SyncFile.merge(name, file, fence).install(caller));
  }

  /** EFAULT; EINVAL for flags or pad, or for less room than there are fences. */
  static void info(SyncFile file, MemorySegment argument) {
    IoctlStruct struct = IoctlStruct.of(SyncIoctl.FILE_INFO, argument);
    checkZero(file, "asked for its fences", struct.getInt(INFO_FLAGS), struct.getInt(PAD));
    SyncFileInfo info = file.info();
    int count = info.fences().size();
    int room = struct.getInt(COUNT);
    int status = info.status();
    if (room == 0) {
      status = file.fence().status();
    } else if (Integer.compareUnsigned(room, count) < 0) {
      throw new DmaBufException(
          Errno.EINVAL,
          file.describe()
              + " has "
              + count
              + " fences and was given room for "
              + Integer.toUnsignedString(room));
    } else {
      writeFences(
          info.fences(),
          IoctlStruct.at(argument, struct.getLong(FENCES), (long) count * FENCE_BYTES));
    }
    struct.setText(0, NAME_BYTES, info.name());
    struct.setInt(STATUS, status);
    struct.setInt(COUNT, count);
  }

  /** EFAULT; EINVAL for pad. */
  static void setDeadline(SyncFile file, MemorySegment argument) {
    IoctlStruct struct = IoctlStruct.of(SyncIoctl.SET_DEADLINE, argument);
    long pad = struct.getLong(DEADLINE_PAD);
    checkZero(file, "given a deadline", 0, pad);
    file.fence().setDeadline(struct.getLong(0));
  }

  private static void writeFences(List<FenceInfo> fences, IoctlStruct to) {
    long at = 0;
    for (FenceInfo fence : fences) {
      to.setText(at, NAME_BYTES, fence.timelineName());
      to.setText(at + FENCE_DRIVER, NAME_BYTES, fence.driverName());
      to.setInt(at + FENCE_STATUS, fence.status());
      to.setInt(at + FENCE_STATUS + Integer.BYTES, 0);
      to.setLong(at + FENCE_TIME, fence.timestamp());
      at += FENCE_BYTES;
    }
  }

  private static void checkZero(SyncFile file, String what, int flags, long pad) {
    if (flags != 0 || pad != 0) {
      throw new DmaBufException(
          Errno.EINVAL,
          file.describe()
              + " was "
              + what
              + " with flags 0x"
              + Integer.toHexString(flags)
              + " and pad 0x"
              + Long.toHexString(pad)
              + "; both must be 0");
    }
  }
}
