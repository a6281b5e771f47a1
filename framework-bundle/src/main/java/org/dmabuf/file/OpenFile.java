package org.dmabuf.file;

import java.util.concurrent.atomic.AtomicReference;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.RefCount;
import org.dmabuf.seam.Seam;

/**
 * An open file: what one or several descriptors, in one or several tables, name together. A kind of
 * file is a class below it, with the {@link FileOperations} that it has.
 *
 * <pre>
 *   OPEN (references >= 1) --last reference dropped--> RELEASED (released() has run once)
 * </pre>
 *
 * <p>Thread-safe. Kernel counterpart: {@code struct file}.
 */
public abstract non-sealed class OpenFile extends FileOperations {
  private static final int FMODE_READ = 0x1;
  private static final int FMODE_WRITE = 0x2;
  private static final int FMODE_LSEEK = 0x4;
  private static final int FMODE_OPENED = 0x80000;

  private final RefCount references = new RefCount();
  // Made for the first who waits, for most files never see one.
  private final AtomicReference<WaitQueue> waiters = new AtomicReference<>();
  private final AtomicReference<Inode> inode = new AtomicReference<>(); // made for the first, too
  private volatile int flags;

  /** Makes an open file that may be read and written, with one reference, the caller's. */
  protected OpenFile() {
    this(OpenFlags.O_RDWR);
  }

  /**
   * Makes an open file with one reference, the caller's.
   *
   * @param flags access mode and status flags, see {@link OpenFlags}; O_CLOEXEC is the descriptor's
   *     and ignored here
   */
  protected OpenFile(int flags) {
    this.flags = flags & ~OpenFlags.O_CLOEXEC;
  }

  /** Runs once, with no lock held, when the last reference is gone. */
  protected abstract void released();

  /** Returns access mode and status flags, see {@link OpenFlags}. */
  public final int flags() {
    return flags;
  }

  /** Changes the status flags; the access mode stays. */
  final void setStatusFlags(int status) {
    flags = (flags & ~OpenFlags.SETTABLE) | (status & OpenFlags.SETTABLE);
  }

  /** Returns what the file can do, as the kernel's FMODE_ bits: read, write, seek, opened. */
  public final int fileMode() {
    int access = (isReadable() ? FMODE_READ : 0) | (isWritable() ? FMODE_WRITE : 0);
    return access | (isSeekable() ? FMODE_LSEEK : 0) | FMODE_OPENED;
  }

  /** Returns whether the access mode allows reading. */
  public final boolean isReadable() {
    int mode = flags & OpenFlags.O_ACCMODE;
    return mode == OpenFlags.O_RDONLY || mode == OpenFlags.O_RDWR;
  }

  /** Returns whether the access mode allows writing. */
  public final boolean isWritable() {
    int mode = flags & OpenFlags.O_ACCMODE;
    return mode == OpenFlags.O_WRONLY || mode == OpenFlags.O_RDWR;
  }

  /**
   * Returns where those wait who are told when the file may have become ready, always the same: its
   * own, unless a kind of file shares that of its device.
   */
  protected WaitQueue waitQueue() {
    WaitQueue queue = waiters.get();
    if (queue == null) {
      Seam.step();
      waiters.compareAndSet(null, new WaitQueue());
      queue = waiters.get();
    }
    return queue;
  }

  /**
   * Tells those who wait in the file's own queue that events may have come; one that shares a queue
   * is woken through that. Allocates nothing.
   *
   * @param events see {@link PollEvents}
   */
  protected final void wake(int events) {
    Seam.step();
    WaitQueue queue = waiters.get();
    if (queue != null) {
      queue.wake(events);
    }
  }

  /** Returns what programs may change of it, always the same. */
  final Inode changes() {
    Inode changes = inode.get();
    if (changes == null) {
      Seam.step();
      inode.compareAndSet(null, new Inode(mode()));
      changes = inode.get();
    }
    return changes;
  }

  /** Returns the status with what programs have changed. */
  final FileStatus withChanges(FileStatus status) {
    Inode changes = inode.get();
    return changes == null ? status : changes.applyTo(status);
  }

  /** Gives back the locks of a table that has closed a descriptor of it. */
  final void closedBy(FileTable table) {
    Inode changes = inode.get();
    if (changes != null) {
      changes.locks().release(table);
    }
  }

  /** Takes a reference when the file is still open; returns whether it did. */
  public final boolean tryGet() {
    return references.tryGet(this);
  }

  /**
   * Drops a reference; the last one releases the file on this thread.
   *
   * @throws DmaBufException EBADF when it was put more often than it was got: the caller is at
   *     fault
   */
  public final void put() {
    RefCount.Put put = references.put();
    if (put == RefCount.Put.LAST) {
      released();
    } else if (put == RefCount.Put.NONE) {
      throw new DmaBufException(
          Errno.EBADF, describe() + " was put more often than it was got; the caller is at fault");
    }
  }

  /** Returns the references; 0 when released. */
  public final long references() {
    return references.references();
  }

  @Override
  public final String toString() {
    return describe();
  }
}
