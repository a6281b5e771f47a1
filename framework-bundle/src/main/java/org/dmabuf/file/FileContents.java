package org.dmabuf.file;

import java.lang.foreign.MemorySegment;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * The calls about what a file holds that take neither its position nor a mapping. Got by {@link
 * FileTable#contents()}. Dma-bufs have almost none of them: what they hold is mapped.
 *
 * <p>Thread-safe. Kernel counterpart: {@code fs/read_write.c}, {@code fs/open.c}, {@code
 * fs/sync.c}.
 */
public final class FileContents {
  private final FileTable table;

  FileContents(FileTable table) {
    this.table = table;
  }

  /**
   * Reads from a place.
   *
   * @param fd the descriptor
   * @param to where to, never null
   * @param offset bytes from the beginning
   * @return the bytes read, 0 at the end
   * @throws DmaBufException EINVAL for a negative offset, before all others; EBADF; ESPIPE for
   *     files without places
   */
  public long read(int fd, MemorySegment to, long offset) {
    checkOffset(offset);
    return table.with(
        fd,
        file -> {
          checkPlaces(file);
          table.checkMode(fd, file, file.isReadable(), "reading");
          return file.readAt(to, offset);
        });
  }

  /**
   * Writes to a place.
   *
   * @param fd the descriptor
   * @param from what, never null
   * @param offset bytes from the beginning
   * @return the bytes written
   * @throws DmaBufException EINVAL for a negative offset, before all others; EBADF; ESPIPE for
   *     files without places; EPERM against a seal
   */
  public long write(int fd, MemorySegment from, long offset) {
    checkOffset(offset);
    return table.with(
        fd,
        file -> {
          checkPlaces(file);
          table.checkMode(fd, file, file.isWritable(), "writing");
          return file.writeAt(from, offset);
        });
  }

  /**
   * Gives a file another size.
   *
   * @param fd the descriptor
   * @param size bytes
   * @throws DmaBufException EINVAL for a negative size, before all others; EBADF; EINVAL when the
   *     size is fixed or the file is not open for writing; EPERM against a seal
   */
  public void truncate(int fd, long size) {
    if (size < 0) {
      throw new DmaBufException(
          Errno.EINVAL, "fd " + fd + " was to be of " + size + " bytes; 0 or more would work");
    }
    table.with(
        fd,
        file -> {
          file.truncate(size);
          return null;
        });
  }

  /**
   * Makes or punches room in a file.
   *
   * @param fd the descriptor
   * @param mode 0, or FALLOC_FL_ bits
   * @param offset bytes from the beginning
   * @param length bytes
   * @throws DmaBufException EBADF when it is not open for writing; EINVAL for a negative offset or
   *     fewer than 1 byte; ENODEV for files without room; EOPNOTSUPP for modes that it does not
   *     have
   */
  public void allocate(int fd, int mode, long offset, long length) {
    table.with(
        fd,
        file -> {
          if (offset < 0 || length < 1) {
            throw new DmaBufException(
                Errno.EINVAL,
                "Room for "
                    + length
                    + " bytes at "
                    + offset
                    + " of "
                    + file.describe()
                    + " was asked; 1 or more at 0 or more would work");
          }
          table.checkMode(fd, file, file.isWritable(), "writing");
          file.allocate(mode, offset, length);
          return null;
        });
  }

  /**
   * Waits until everything is on the disk: fsync and fdatasync.
   *
   * @throws DmaBufException EBADF; EINVAL for files that lie on none
   */
  public void sync(int fd) {
    table.with(
        fd,
        file -> {
          file.sync();
          return null;
        });
  }

  /**
   * Begins to bring a range to the disk: sync_file_range.
   *
   * @throws DmaBufException EBADF; ESPIPE for files without places
   */
  public void syncRange(int fd, long offset, long length) {
    table.with(
        fd,
        file -> {
          if (offset < 0 || length < 0 || offset > Long.MAX_VALUE - length) {
            throw new DmaBufException(
                Errno.EINVAL, length + " bytes at " + offset + " of " + file.describe());
          }
          checkPlaces(file);
          return null;
        });
  }

  /** Says how a range will be used, which changes nothing: posix_fadvise; EBADF. */
  public void advise(int fd) {
    table.with(fd, file -> null);
  }

  private static void checkOffset(long offset) {
    if (offset < 0) {
      throw new DmaBufException(
          Errno.EINVAL, "A file was accessed at " + offset + "; 0 or more would work");
    }
  }

  private static void checkPlaces(OpenFile file) {
    if (!file.hasPlaces()) {
      throw new DmaBufException(
          Errno.ESPIPE, file.describe() + " has no places to read and write at; map it");
    }
  }
}
