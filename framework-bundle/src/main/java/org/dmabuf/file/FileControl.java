package org.dmabuf.file;

import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * What fcntl does, one method for each command. Got by {@link FileTable#control()}.
 *
 * <p>Thread-safe. Kernel counterpart: {@code fs/fcntl.c}.
 */
public final class FileControl {
  private static final int S_IFMT = 0170000;
  private static final int S_IFREG = 0100000;

  private final FileTable table;

  FileControl(FileTable table) {
    this.table = table;
  }

  /**
   * Gives a file another number, the lowest free one from a number on: F_DUPFD, F_DUPFD_CLOEXEC.
   *
   * @param fd the descriptor
   * @param from the least number
   * @param cloexec whether the new one is closed on exec
   * @return the new descriptor
   * @throws DmaBufException EBADF when fd is not open; EINVAL when from is negative or not below
   *     the table's limit; EMFILE when the table is full from there on
   */
  public int dup(int fd, int from, boolean cloexec) {
    if (from < 0 || from >= table.limit()) {
      table.get(fd).put();
      throw new DmaBufException(
          Errno.EINVAL,
          "fd "
              + fd
              + " of "
              + table.owner()
              + " was to be duplicated from "
              + from
              + " on; 0 to "
              + (table.limit() - 1)
              + " would work");
    }
    return table.dupFrom(fd, from, cloexec);
  }

  /** Returns access mode and status flags, see {@link OpenFlags}: F_GETFL; EBADF. */
  public int flags(int fd) {
    return table.with(fd, OpenFile::flags);
  }

  /**
   * Changes the status flags, F_SETFL; the access mode and other flags stay as they are, silently.
   *
   * @param fd the descriptor
   * @param flags a combination of O_NONBLOCK, O_APPEND and O_ASYNC
   * @throws DmaBufException EBADF; EINVAL for O_DIRECT
   */
  public void setFlags(int fd, int flags) {
    table.with(
        fd,
        file -> {
          if ((flags & OpenFlags.O_DIRECT) != 0) {
            throw new DmaBufException(
                Errno.EINVAL, file.describe() + " has no pages to pass by; leave O_DIRECT out");
          }
          file.setStatusFlags(flags);
          return null;
        });
  }

  /**
   * Returns the room in a pipe, F_GETPIPE_SZ, which no file of ours is.
   *
   * @throws DmaBufException EBADF
   */
  public int pipeSize(int fd) {
    return table.with(
        fd,
        file -> {
          throw new DmaBufException(Errno.EBADF, file.describe() + " is no pipe and has no room");
        });
  }

  /** Returns the lease on a file, F_GETLEASE: F_UNLCK, as nobody gets one; EBADF. */
  public int lease(int fd) {
    return table.with(fd, file -> FileLocks.F_UNLCK);
  }

  /**
   * Asks to be told before others open a file, F_SETLEASE. Nothing of ours is opened by a name, so
   * nobody gets one.
   *
   * @param fd the descriptor
   * @param type see {@link FileLocks}
   * @throws DmaBufException EBADF; EINVAL for files that are not regular ones, as a dma-buf, and
   *     other types; EAGAIN for memory files
   */
  public void setLease(int fd, int type) {
    table.with(
        fd,
        file -> {
          boolean known = type >= FileLocks.F_RDLCK && type <= FileLocks.F_UNLCK;
          boolean regular = (file.mode() & S_IFMT) == S_IFREG;
          throw new DmaBufException(
              known && regular ? Errno.EAGAIN : Errno.EINVAL,
              file.describe() + " was to be leased by " + type + "; nobody opens it by a name");
        });
  }

  /**
   * Returns the seals of a memory file, F_GET_SEALS.
   *
   * @param fd the descriptor
   * @return a combination of the bits of {@link org.dmabuf.memory.MemoryFile}
   * @throws DmaBufException EBADF; EINVAL for files that have none
   */
  public int seals(int fd) {
    return table.with(fd, OpenFile::seals);
  }

  /**
   * Adds seals to a memory file, F_ADD_SEALS.
   *
   * @param fd the descriptor
   * @param seals a combination of the bits of {@link org.dmabuf.memory.MemoryFile}
   * @throws DmaBufException EBADF; EPERM when it is not open for writing or sealed against sealing;
   *     EBUSY for a seal against writing while somebody maps it writable; EINVAL for files that
   *     have none, and for unknown bits
   */
  public void addSeals(int fd, int seals) {
    table.with(
        fd,
        file -> {
          file.addSeals(seals);
          return null;
        });
  }
}
