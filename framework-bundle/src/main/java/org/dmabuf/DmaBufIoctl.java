package org.dmabuf;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.Ioctl;

/**
 * The requests of a dma-buf's descriptor, and how a program makes each of them with one call.
 * Kernel counterpart: {@code include/uapi/linux/dma-buf.h}.
 */
public final class DmaBufIoctl {
  /** The CPU reads. */
  public static final long SYNC_READ = 1;

  /** The CPU writes. */
  public static final long SYNC_WRITE = 2;

  /** The CPU reads and writes. */
  public static final long SYNC_RW = SYNC_READ | SYNC_WRITE;

  /** The access begins. */
  public static final long SYNC_START = 0;

  /** The access ends. */
  public static final long SYNC_END = 4;

  /** Brackets an access of the CPU: a structure of one 64-bit field, the flags. */
  public static final int SYNC = Ioctl.write('b', 0, Long.BYTES);

  /** Names the buffer; the argument is the text itself. As first numbered, by a pointer's size. */
  public static final int SET_NAME = Ioctl.write('b', 1, Long.BYTES);

  /** Names the buffer, as numbered by 32-bit programs. */
  public static final int SET_NAME_A = Ioctl.write('b', 1, Integer.BYTES);

  /** Names the buffer, as numbered by 64-bit programs. */
  public static final int SET_NAME_B = Ioctl.write('b', 1, Long.BYTES);

  /** Gives the fences as a sync file: {@code struct dma_buf_export_sync_file}. */
  public static final int EXPORT_SYNC_FILE = Ioctl.readWrite('b', 2, SyncFileIoctls.BYTES);

  /** Takes the fences of a sync file: {@code struct dma_buf_import_sync_file}. */
  public static final int IMPORT_SYNC_FILE = Ioctl.write('b', 3, SyncFileIoctls.BYTES);

  /** The first proposal's begin of an access that reads and writes. */
  public static final int PREPARE_ACCESS = Ioctl.none('Z', 0);

  /** The first proposal's end. */
  public static final int FINISH_ACCESS = Ioctl.none('Z', 1);

  private DmaBufIoctl() {}

  /**
   * Begins or ends an access of the CPU.
   *
   * @param table the program's descriptors, never null
   * @param fd which
   * @param flags READ, WRITE or both, and START or END
   * @throws DmaBufException EBADF; ENOTTY when it is no dma-buf; EINVAL for other flags; EINTR when
   *     the wait for fences was interrupted, then try again; ENODEV; the exporter's errors
   */
  public static void sync(FileTable table, int fd, long flags) {
    table.ioctl(fd, SYNC, MemorySegment.ofArray(new long[] {flags}));
  }

  /**
   * Names the buffer, for people.
   *
   * @param table the program's descriptors, never null
   * @param fd which
   * @param name at most 31 bytes of UTF-8, may be empty, never null
   * @throws DmaBufException EBADF; ENOTTY when it is no dma-buf; EINVAL when the name is longer
   */
  public static void setName(FileTable table, int fd, String name) {
    byte[] text = (name + '\0').getBytes(StandardCharsets.UTF_8);
    table.ioctl(fd, SET_NAME, MemorySegment.ofArray(text));
  }

  /**
   * Makes a sync file of what an access to the buffer must wait for now; fences that come later are
   * not in it.
   *
   * @param table the program's descriptors, never null
   * @param fd the dma-buf
   * @param flags {@link #SYNC_READ}, {@link #SYNC_WRITE} or both: what kind of access
   * @return the sync file's descriptor, with close on exec
   * @throws DmaBufException EBADF; ENOTTY when it is no dma-buf; EINVAL for other flags; EMFILE
   */
  public static int exportSyncFile(FileTable table, int fd, int flags) {
    MemorySegment struct = MemorySegment.ofArray(new int[] {flags, -1});
    table.ioctl(fd, EXPORT_SYNC_FILE, struct);
    return struct.getAtIndex(ValueLayout.JAVA_INT, 1);
  }

  /**
   * Makes those who access the buffer wait for the fences of a sync file.
   *
   * @param table the program's descriptors, never null
   * @param fd the dma-buf
   * @param flags {@link #SYNC_READ} when the work behind the fences reads, {@link #SYNC_WRITE} or
   *     both when it writes
   * @param syncFile the sync file's descriptor
   * @throws DmaBufException EBADF; ENOTTY when fd is no dma-buf; EINVAL for other flags, or when
   *     syncFile is not open or no sync file
   */
  public static void importSyncFile(FileTable table, int fd, int flags, int syncFile) {
    table.ioctl(fd, IMPORT_SYNC_FILE, MemorySegment.ofArray(new int[] {flags, syncFile}));
  }
}
