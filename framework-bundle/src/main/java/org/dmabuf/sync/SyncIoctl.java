package org.dmabuf.sync;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.DmaBufException;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.Ioctl;
import org.dmabuf.file.IoctlStruct;

/**
 * The requests of a sync file's descriptor, and how a program makes each of them with one call.
 * Kernel counterpart: {@code include/uapi/linux/sync_file.h}.
 */
public final class SyncIoctl {
  /** Makes one file of two. */
  public static final int MERGE = Ioctl.readWrite('>', 3, SyncFileRequests.MERGE_BYTES);

  /** Tells the name, the state and the fences. */
  public static final int FILE_INFO = Ioctl.readWrite('>', 4, SyncFileRequests.INFO_BYTES);

  /** Hints that the fences are needed by a time. */
  public static final int SET_DEADLINE = Ioctl.write('>', 5, SyncFileRequests.DEADLINE_BYTES);

  private SyncIoctl() {}

  /**
   * Makes a sync file of two others, see {@link SyncFile#merge}.
   *
   * @param table the program's descriptors, never null
   * @param fd the one
   * @param other the other, may be the same
   * @param name its name, of which 31 bytes count; empty for one that is made up; never null
   * @return the new file's descriptor, with close on exec
   * @throws DmaBufException EBADF when fd is not open; ENOTTY when it is no sync file; ENOENT when
   *     other is none; EMFILE
   */
  public static int merge(FileTable table, int fd, int other, String name) {
    MemorySegment memory = segment(SyncFileRequests.MERGE_BYTES);
    IoctlStruct struct = IoctlStruct.of(MERGE, memory);
    struct.setText(0, SyncFileRequests.NAME_BYTES, name);
    struct.setInt(SyncFileRequests.FD2, other);
    table.ioctl(fd, MERGE, memory);
    return struct.getInt(SyncFileRequests.MERGED);
  }

  /** As {@link #merge(FileTable, int, int, String)} with a name that is made up. */
  public static int merge(FileTable table, int fd, int other) {
    return merge(table, fd, other, "");
  }

  /**
   * Asks a sync file for its name, its state and its fences.
   *
   * @param table the program's descriptors, never null
   * @param fd the sync file
   * @return the answer, never null
   * @throws DmaBufException EBADF; ENOTTY when it is no sync file
   */
  public static SyncFileInfo fileInfo(FileTable table, int fd) {
    MemorySegment counted = segment(SyncFileRequests.INFO_BYTES);
    table.ioctl(fd, FILE_INFO, counted);
    int count = IoctlStruct.of(FILE_INFO, counted).getInt(SyncFileRequests.COUNT);
    MemorySegment memory =
        segment(SyncFileRequests.INFO_BYTES + count * SyncFileRequests.FENCE_BYTES);
    long fences = memory.address() + SyncFileRequests.INFO_BYTES;
    IoctlStruct struct = IoctlStruct.of(FILE_INFO, memory);
    struct.setInt(SyncFileRequests.COUNT, count);
    struct.setLong(SyncFileRequests.FENCES, fences);
    table.ioctl(fd, FILE_INFO, memory);
    return new SyncFileInfo(
        struct.getText(0, SyncFileRequests.NAME_BYTES),
        struct.getInt(SyncFileRequests.STATUS),
        readFences(
            count, IoctlStruct.at(memory, fences, (long) count * SyncFileRequests.FENCE_BYTES)));
  }

  /**
   * Hints that the fences of a sync file are needed by a time; the earliest such time counts.
   *
   * @param table the program's descriptors, never null
   * @param fd the sync file
   * @param nanos the time on the product's clock
   * @throws DmaBufException EBADF; ENOTTY when it is no sync file
   */
  public static void setDeadline(FileTable table, int fd, long nanos) {
    MemorySegment memory = segment(SyncFileRequests.DEADLINE_BYTES);
    IoctlStruct.of(SET_DEADLINE, memory).setLong(0, nanos);
    table.ioctl(fd, SET_DEADLINE, memory);
  }

  static MemorySegment segment(int bytes) {
    return MemorySegment.ofArray(new byte[bytes]);
  }

  private static List<FenceInfo> readFences(int count, IoctlStruct from) {
    List<FenceInfo> fences = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long at = (long) i * SyncFileRequests.FENCE_BYTES;
      fences.add(
          new FenceInfo(
              from.getText(at, SyncFileRequests.NAME_BYTES),
              from.getText(at + SyncFileRequests.FENCE_DRIVER, SyncFileRequests.NAME_BYTES),
              from.getInt(at + SyncFileRequests.FENCE_STATUS),
              from.getLong(at + SyncFileRequests.FENCE_TIME)));
    }
    return fences;
  }
}
