package org.dmabuf.file;

import java.util.function.Consumer;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * What a file says of itself and what programs may write there: permissions, owner, times, extended
 * attributes, names. Nothing of ours decides by them. Got by {@link FileTable#attributes()}.
 *
 * <p>Thread-safe. Kernel counterpart: {@code fs/attr.c}, {@code fs/xattr.c}, {@code fs/namei.c}.
 */
public final class FileAttributes {
  private static final int S_IFMT = 0170000;

  private final FileTable table;

  FileAttributes(FileTable table) {
    this.table = table;
  }

  /**
   * Changes the permissions that {@link FileTable#stat} shows: fchmod.
   *
   * @param fd the descriptor
   * @param mode of which the low 12 bits are taken
   * @throws DmaBufException EBADF
   */
  public void chmod(int fd, int mode) {
    change(fd, inode -> inode.chmod(mode));
  }

  /**
   * Changes the owner that {@link FileTable#stat} shows: fchown.
   *
   * @param fd the descriptor
   * @param uid the user's number; -1 to keep it
   * @param gid the group's number; -1 to keep it
   * @throws DmaBufException EBADF
   */
  public void chown(int fd, int uid, int gid) {
    change(fd, inode -> inode.chown(uid, gid));
  }

  /**
   * Sets the times that {@link FileTable#stat} shows: futimens.
   *
   * @param fd the descriptor
   * @param accessed nanoseconds since 1970
   * @param modified nanoseconds since 1970
   * @throws DmaBufException EBADF
   */
  public void setTimes(int fd, long accessed, long modified) {
    change(fd, inode -> inode.setTimes(accessed, modified));
  }

  private void change(int fd, Consumer<Inode> change) {
    table.with(
        fd,
        file -> {
          change.accept(file.changes());
          return null;
        });
  }

  /**
   * Reads an extended attribute, which no file of ours has: fgetxattr.
   *
   * @param fd the descriptor
   * @param name the attribute's, never null
   * @throws DmaBufException EBADF; ENODATA
   */
  public byte[] xattr(int fd, String name) {
    return table.with(
        fd,
        file -> {
          throw new DmaBufException(
              Errno.ENODATA, file.describe() + " has no attribute '" + name + "', nor any other");
        });
  }

  /**
   * Writes an extended attribute, which no file of ours takes: fsetxattr.
   *
   * @param fd the descriptor
   * @param name the attribute's, never null
   * @param value never null
   * @throws DmaBufException EBADF; EPERM for files without a type, as dma-bufs; EOPNOTSUPP for
   *     others
   */
  public void setXattr(int fd, String name, byte[] value) {
    table.with(
        fd,
        file -> {
          boolean typed = (file.mode() & S_IFMT) != 0;
          throw new DmaBufException(
              typed ? Errno.EOPNOTSUPP : Errno.EPERM,
              file.describe()
                  + " was to have "
                  + value.length
                  + " bytes as attribute '"
                  + name
                  + "'; it takes none. A dma-buf has a name");
        });
  }

  /**
   * Gives a file a name in a directory, which fails: it lies in a file system without any: linkat.
   *
   * @param fd the descriptor
   * @param path the name, never null
   * @throws DmaBufException EBADF; EXDEV
   */
  public void link(int fd, String path) {
    table.with(
        fd,
        file -> {
          throw new DmaBufException(
              Errno.EXDEV,
              file.describe()
                  + " cannot be named "
                  + path
                  + "; it is reached by descriptors alone");
        });
  }
}
