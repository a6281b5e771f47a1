package org.dmabuf.file;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReference;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.RefCount;

/**
 * An open file: what one or several descriptors, in one or several tables, name together.
 *
 * <pre>
 *   OPEN (references >= 1) --last reference dropped--> RELEASED (released() has run once)
 * </pre>
 *
 * <p>The operations are called by {@link FileTable} with a reference held and no lock; those that a
 * kind of file does not have answer as Linux does for it. Thread-safe. Kernel counterpart: {@code
 * struct file} with {@code struct file_operations}.
 */
public abstract class OpenFile {
  private static final int FMODE_READ = 0x1;
  private static final int FMODE_WRITE = 0x2;
  private static final int FMODE_LSEEK = 0x4;
  private static final int FMODE_OPENED = 0x80000;

  private final RefCount references = new RefCount();
  // Made for the first who waits, for most files never see one.
  private final AtomicReference<WaitQueue> waiters = new AtomicReference<>();
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

  /** Returns what kind of file this is, for messages; never null. */
  public abstract String describe();

  /** Runs once, with no lock held, when the last reference is gone. */
  protected abstract void released();

  /** Returns in what pseudo file system it lies, never null. */
  public PseudoFs fileSystem() {
    return PseudoFs.ANON_INODE;
  }

  /** Returns its path as a link to the descriptor shows it, never null. */
  public String path() {
    return fileSystem().prefix() + "[" + describe() + "]";
  }

  /** Returns its number, unique in its file system but for the anonymous ones, which share one. */
  public long inode() {
    return 1;
  }

  /** Returns its size in bytes; 0 for files that have none. */
  public long size() {
    return 0;
  }

  /** Returns its permissions, and the bits of its type if it has one. */
  public int mode() {
    return 0600;
  }

  /** Returns how many bytes are good to read at a time. */
  public int blockSize() {
    return 4096;
  }

  /** Returns where the next read or write begins; 0 for files that have no position. */
  public long position() {
    return 0;
  }

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

  /** Returns whether {@link #seek} answers anything but ESPIPE. */
  protected boolean isSeekable() {
    return false;
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
   * Moves the position.
   *
   * @param offset bytes
   * @param whence see {@link Whence}; any other number must be refused with EINVAL
   * @return the new position
   * @throws DmaBufException ESPIPE for files without one
   */
  protected long seek(long offset, int whence) {
    throw new DmaBufException(Errno.ESPIPE, describe() + " has no position to seek");
  }

  /**
   * Reads from the position.
   *
   * @param to where to, never null
   * @return the bytes read; 0 at the end
   * @throws DmaBufException EINVAL for files that are not read
   */
  protected long read(MemorySegment to) {
    throw new DmaBufException(Errno.EINVAL, describe() + " cannot be read; map it");
  }

  /**
   * Writes at the position.
   *
   * @param from what, never null
   * @return the bytes written
   * @throws DmaBufException EINVAL for files that are not written
   */
  protected long write(MemorySegment from) {
    throw new DmaBufException(Errno.EINVAL, describe() + " cannot be written; map it");
  }

  /**
   * Reads at a place; called when {@link #hasPlaces} says that there are any.
   *
   * @param to where to, never null
   * @param offset bytes from the beginning, 0 or more
   * @return the bytes read; 0 at the end
   */
  protected long readAt(MemorySegment to, long offset) {
    return read(to);
  }

  /**
   * Writes at a place; called when {@link #hasPlaces} says that there are any.
   *
   * @param from what, never null
   * @param offset bytes from the beginning, 0 or more
   * @return the bytes written
   */
  protected long writeAt(MemorySegment from, long offset) {
    return write(from);
  }

  /** Returns whether it can be read and written at a place. */
  protected boolean hasPlaces() {
    return false;
  }

  /**
   * Gives the file another size.
   *
   * @param size bytes, 0 or more
   * @throws DmaBufException EINVAL for files whose size is fixed
   */
  protected void truncate(long size) {
    throw new DmaBufException(Errno.EINVAL, describe() + " keeps its size and cannot have " + size);
  }

  /**
   * Makes or punches room.
   *
   * @throws DmaBufException ENODEV for files without room
   */
  protected void allocate(int mode, long offset, long length) {
    throw new DmaBufException(Errno.ENODEV, describe() + " has all its room from the beginning");
  }

  /** Brings everything to the disk; EINVAL for files that lie on none. */
  protected void sync() {
    throw new DmaBufException(Errno.EINVAL, describe() + " lies on no disk to be brought to");
  }

  /** Returns the seals; EINVAL for files that have none. */
  protected int seals() {
    throw new DmaBufException(Errno.EINVAL, describe() + " has no seals; memory files do");
  }

  /** Adds seals; EINVAL for files that have none. */
  protected void addSeals(int seals) {
    seals();
  }

  /**
   * Does what a request number says.
   *
   * @param caller the table of who calls, never null
   * @param request direction, size, type and number as Linux packs them
   * @param argument the structure that the request reads and writes; NULL when none was given
   * @return the result, 0 or more
   * @throws DmaBufException ENOTTY for a request that this kind of file does not have
   */
  protected int ioctl(FileTable caller, int request, MemorySegment argument) {
    throw new DmaBufException(
        Errno.ENOTTY, describe() + " has no ioctl 0x" + Integer.toHexString(request));
  }

  /**
   * Maps the file. The table has checked alignment, length and access mode.
   *
   * @param caller the table of who calls, never null
   * @param offset the first byte, a multiple of the page size, 0 or more
   * @param length bytes, a multiple of the page size, 1 page or more; offset + length may exceed
   *     any number
   * @param protection see {@link MmapFlags}
   * @param flags see {@link MmapFlags}
   * @return the mapping, which holds a reference of its own
   * @throws DmaBufException ENODEV for files without memory
   */
  protected CpuMapping mmap(FileTable caller, long offset, long length, int protection, int flags) {
    throw new DmaBufException(Errno.ENODEV, describe() + " has no memory to map");
  }

  /**
   * Says what is ready; files that never make anyone wait are always ready for both. One that is
   * not ready wakes {@link #waitQueue} when it may have become so.
   *
   * @param events what is asked, see {@link PollEvents}
   * @return what is ready of it, and ERR and HUP when they are so; more than was asked is ignored
   */
  protected int poll(int events) {
    return events & (PollEvents.POLLIN | PollEvents.POLLOUT);
  }

  /** Returns whether this kind of file makes anyone wait: then it has a poll of its own. */
  protected boolean isPollable() {
    return false;
  }

  /**
   * Returns where those wait who are told when the file may have become ready, always the same: its
   * own, unless a kind of file shares that of its device.
   */
  protected WaitQueue waitQueue() {
    WaitQueue queue = waiters.get();
    if (queue == null) {
      waiters.compareAndSet(null, new WaitQueue());
      queue = waiters.get();
    }
    return queue;
  }

  /**
   * Adds lines of its own to what {@link FileTable#fdinfo} shows, each "key:TABvalue" and a line
   * feed.
   *
   * @param text where to, never null
   */
  protected void fdinfo(StringBuilder text) {}

  /**
   * Tells those who wait in the file's own queue that events may have come; one that shares a queue
   * is woken through that. Allocates nothing.
   *
   * @param events see {@link PollEvents}
   */
  protected final void wake(int events) {
    WaitQueue queue = waiters.get();
    if (queue != null) {
      queue.wake(events);
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
