package org.dmabuf.file;

import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * Locks that programs agree on, on open files of any kind. Nothing of ours looks at them. Got by
 * {@link FileTable#locks()}.
 *
 * <pre>
 *   flock   owner: the open file      range: all of it    ends with the open file
 *   set     owner: the file table     range: any bytes    ends when the table closes any
 *                                                         descriptor of that file
 * </pre>
 *
 * <p>Thread-safe; no call waits. Kernel counterpart: {@code fs/locks.c}.
 */
public final class FileLocks {
  /** Of flock: shared. */
  public static final int LOCK_SH = 1;

  /** Of flock: exclusive. */
  public static final int LOCK_EX = 2;

  /** Of flock: without waiting; may be added to the others. */
  public static final int LOCK_NB = 4;

  /** Of flock: none any more. */
  public static final int LOCK_UN = 8;

  /** Of set: to read. */
  public static final int F_RDLCK = 0;

  /** Of set: to write. */
  public static final int F_WRLCK = 1;

  /** Of set: none any more. */
  public static final int F_UNLCK = 2;

  private final FileTable table;

  FileLocks(FileTable table) {
    this.table = table;
  }

  /**
   * Locks the whole of a file for its open file: flock. Descriptors that were duplicated or passed
   * share it, so that it is always granted: no two open files are of one file here, but for nodes
   * of devices, each opening of which is locked by itself.
   *
   * @param fd the descriptor
   * @param operation LOCK_SH, LOCK_EX or LOCK_UN, LOCK_NB added or not
   * @throws DmaBufException EBADF; EINVAL for any other operation
   */
  public void flock(int fd, int operation) {
    int kind = operation & ~LOCK_NB;
    if (kind != LOCK_SH && kind != LOCK_EX && kind != LOCK_UN) {
      throw new DmaBufException(
          Errno.EINVAL,
          "fd "
              + fd
              + " of "
              + table.owner()
              + " was to be locked by "
              + operation
              + "; 1 (shared), 2 (exclusive) and 8 (not any more) would work");
    }
    table.with(fd, file -> file.describe());
  }

  /**
   * Locks a range of a file for this table: F_SETLK.
   *
   * @param fd the descriptor
   * @param type F_RDLCK, F_WRLCK or F_UNLCK
   * @param start the first byte, 0 or more
   * @param length bytes; 0 for all that come
   * @throws DmaBufException EBADF when it is not open for that; EINVAL for another type or range;
   *     EAGAIN when another table has a lock there that excludes it, and says which
   */
  public void set(int fd, int type, long start, long length) {
    RecordLock asked = asked(fd, type, start, length);
    table.with(
        fd,
        file -> {
          if (type != F_UNLCK) {
            boolean writes = type == F_WRLCK;
            boolean allowed = writes ? file.isWritable() : file.isReadable();
            table.checkMode(fd, file, allowed, writes ? "writing" : "reading");
          }
          RecordLock other = file.changes().locks().set(asked);
          if (other != null) {
            throw new DmaBufException(
                Errno.EAGAIN,
                file.describe() + " was to be locked by " + asked + "; " + other + " excludes it");
          }
          return null;
        });
  }

  /**
   * Says what excludes a lock: F_GETLK.
   *
   * @param fd the descriptor
   * @param type F_RDLCK or F_WRLCK
   * @param start the first byte, 0 or more
   * @param length bytes; 0 for all that come
   * @return the lock of another table, or null when it would be granted
   * @throws DmaBufException EBADF; EINVAL for another type or range
   */
  public RecordLock test(int fd, int type, long start, long length) {
    RecordLock asked = asked(fd, type, start, length);
    if (type == F_UNLCK) {
      throw invalid(fd, type, start, length);
    }
    return table.with(fd, file -> file.changes().locks().excluding(asked));
  }

  private RecordLock asked(int fd, int type, long start, long length) {
    boolean known = type == F_RDLCK || type == F_WRLCK || type == F_UNLCK;
    if (!known || start < 0 || length < 0 || start > Long.MAX_VALUE - length) {
      throw invalid(fd, type, start, length);
    }
    return new RecordLock(
        table.owner(), table, type, start, length == 0 ? Long.MAX_VALUE : start + length);
  }

  private DmaBufException invalid(int fd, int type, long start, long length) {
    return new DmaBufException(
        Errno.EINVAL,
        "fd "
            + fd
            + " of "
            + table.owner()
            + " was to be locked by type "
            + type
            + ", "
            + length
            + " bytes at "
            + start
            + "; 0 (read), 1 (write) and 2 (unlock) on 0 or more bytes"
            + " would work");
  }
}
