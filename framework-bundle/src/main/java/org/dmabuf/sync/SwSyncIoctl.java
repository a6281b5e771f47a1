package org.dmabuf.sync;

import java.lang.foreign.MemorySegment;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.Ioctl;
import org.dmabuf.file.IoctlStruct;
import org.dmabuf.file.OpenFlags;

/**
 * The requests of a timeline's descriptor, and how a program makes each of them with one call.
 *
 * <pre>
 *   CREATE_FENCE   0 value u32 | 4 name[32], ignored | 36 fence s32
 *   INCREMENT      0 by u32
 *   GET_DEADLINE   0 deadline_ns u64 | 8 pad u32 | 12 fence_fd s32
 * </pre>
 *
 * <p>Kernel counterpart: {@code sw_sync.c}.
 */
public final class SwSyncIoctl {
  /** Makes a sync file of the fence of a value. */
  public static final int CREATE_FENCE = Ioctl.readWrite('W', 0, 40);

  /** Moves the counter on. */
  public static final int INCREMENT = Ioctl.write('W', 1, Integer.BYTES);

  /** Tells the deadline of a timeline's fence; the timeline that is asked does not matter. */
  public static final int GET_DEADLINE = Ioctl.readWrite('W', 2, 16);

  static final int FENCE = 36;
  static final int DEADLINE_PAD = 8;
  static final int DEADLINE_FD = 12;

  private SwSyncIoctl() {}

  /**
   * Opens a timeline, as opening {@code /sys/kernel/debug/sync/sw_sync} does.
   *
   * @param client who opens it, and with whose bundle it ends; never null
   * @param table who gets the descriptor, never null
   * @param name the timeline's name; Linux takes the program's; never null
   * @param flags O_CLOEXEC counts, see {@link OpenFlags}
   * @return the descriptor
   * @throws DmaBufException EMFILE; EBADF when the table is closed; ENODEV when the bundle leaves
   */
  public static int open(DmaBufRegistry client, FileTable table, String name, int flags) {
    return client.timeline(name).install(table, (flags & OpenFlags.O_CLOEXEC) != 0);
  }

  /**
   * Makes a sync file of the fence of a value.
   *
   * @param table the program's descriptors, never null
   * @param timeline the timeline
   * @param value the value, 32 bits
   * @return the sync file's descriptor, with close on exec
   * @throws DmaBufException EBADF; ENOTTY when it is no timeline; EMFILE; ECANCELED when the bundle
   *     that opened it has stopped
   */
  public static int createFence(FileTable table, int timeline, int value) {
    MemorySegment memory = SyncIoctl.segment(Ioctl.bytes(CREATE_FENCE));
    IoctlStruct struct = IoctlStruct.of(CREATE_FENCE, memory);
    struct.setInt(0, value);
    table.ioctl(timeline, CREATE_FENCE, memory);
    return struct.getInt(FENCE);
  }

  /**
   * Moves the counter on.
   *
   * @param table the program's descriptors, never null
   * @param timeline the timeline
   * @param by how far, 32 bits without sign
   * @throws DmaBufException EBADF; ENOTTY when it is no timeline
   */
  public static void increment(FileTable table, int timeline, int by) {
    table.ioctl(timeline, INCREMENT, MemorySegment.ofArray(new int[] {by}));
  }

  /**
   * Asks for the deadline of a timeline's fence.
   *
   * @param table the program's descriptors, never null
   * @param timeline any timeline
   * @param syncFile the sync file of the fence
   * @return the deadline in ns
   * @throws DmaBufException EBADF; ENOTTY when timeline is none; EINVAL when syncFile is not one of
   *     a timeline's fence; ENOENT when it has no deadline
   */
  public static long getDeadline(FileTable table, int timeline, int syncFile) {
    MemorySegment memory = SyncIoctl.segment(Ioctl.bytes(GET_DEADLINE));
    IoctlStruct struct = IoctlStruct.of(GET_DEADLINE, memory);
    struct.setInt(DEADLINE_FD, syncFile);
    table.ioctl(timeline, GET_DEADLINE, memory);
    return struct.getLong(0);
  }
}
