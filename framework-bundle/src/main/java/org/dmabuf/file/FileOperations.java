package org.dmabuf.file;

import java.lang.foreign.MemorySegment;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * What a kind of file can do. Those operations that a kind does not have answer as Linux does for
 * it.
 *
 * <p>Called by {@link FileTable} with a reference held and no lock. Kernel counterpart: {@code
 * struct file_operations} and {@code struct inode_operations}.
 */
public abstract sealed class FileOperations permits OpenFile {

  /** Returns what kind of file this is, for messages; never null. */
  public abstract String describe();

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

  /** Returns whether {@link #seek} answers anything but ESPIPE. */
  protected boolean isSeekable() {
    return false;
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

  /** Returns whether what it maps are ordinary pages, which may be dropped and merged. */
  protected boolean hasOrdinaryPages() {
    return false;
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
   * not ready wakes {@code OpenFile.waitQueue()} when it may have become so.
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
   * Adds lines of its own to what {@link FileTable#fdinfo} shows, each "key:TABvalue" and a line
   * feed.
   *
   * @param text where to, never null
   */
  protected void fdinfo(StringBuilder text) {}
}
