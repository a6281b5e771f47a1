package org.dmabuf.file;

/**
 * What programs may change of what a file says of itself, and their locks on it; made for the first
 * who does.
 *
 * <p>Thread-safe by its monitor, with which nothing else is called. Kernel counterpart: {@code
 * struct inode}, of which the rest is the {@link OpenFile}'s own.
 */
final class Inode {
  private static final int PERMISSIONS = 07777;

  private final RecordLocks locks = new RecordLocks();
  private int permissions; // guarded by this, as all that follow
  private int uid;
  private int gid;
  private long accessed;
  private long modified;

  Inode(int mode) {
    permissions = mode & PERMISSIONS;
  }

  RecordLocks locks() {
    return locks;
  }

  synchronized void chmod(int mode) {
    permissions = mode & PERMISSIONS;
  }

  /** Changes the owner; -1 keeps a number. */
  synchronized void chown(int user, int group) {
    uid = user == -1 ? uid : user;
    gid = group == -1 ? gid : group;
  }

  synchronized void setTimes(long accessedAt, long modifiedAt) {
    accessed = accessedAt;
    modified = modifiedAt;
  }

  /** Returns a file's status with what has been changed. */
  synchronized FileStatus applyTo(FileStatus status) {
    return new FileStatus(
        (status.mode() & ~PERMISSIONS) | permissions,
        status.links(),
        status.inode(),
        uid,
        gid,
        status.size(),
        status.blockSize(),
        status.blocks(),
        accessed,
        modified,
        status.fileSystem());
  }
}
