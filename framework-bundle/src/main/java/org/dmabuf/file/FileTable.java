package org.dmabuf.file;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.memory.MemoryAccount;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The descriptors of one client, as a process has them: small numbers, the lowest free one first.
 *
 * <pre>
 *   fd   0         1         2         3
 *      [file,cx] [file,  ] [ free  ] [file,  ]      cx = close on exec
 *
 *   OPEN --close()--> CLOSED (every descriptor closed, no new ones)
 * </pre>
 *
 * <p>The calls take numbers and answer with numbers and errno exactly as the system calls of the
 * same names do. What is mapped through the table is unmapped when the table is closed, as a
 * process takes its mappings with it.
 *
 * <p>Thread-safe; its monitor is never held while a file is released. Kernel counterpart: {@code
 * struct files_struct}.
 */
public final class FileTable implements AutoCloseable {
  /** Descriptors of a table unless its maker says otherwise, as RLIMIT_NOFILE has them. */
  public static final int DEFAULT_LIMIT = 1024;

  private static final Logger LOG = LoggerFactory.getLogger(FileTable.class);

  private enum State {
    OPEN,
    CLOSED
  }

  private final String owner;
  private final MemoryAccount account;
  private final int limit;
  private final int pageSize;
  private final Set<CpuMapping> mappings = ConcurrentHashMap.newKeySet();
  private final BitSet used = new BitSet();
  private final BitSet closeOnExec = new BitSet();
  private final List<OpenFile> files = new ArrayList<>();
  private State state = State.OPEN;

  /**
   * Makes an empty table.
   *
   * @param owner the client, as messages show it, never null
   * @param account what memory that exporters allocate for this client is charged to, never null
   * @param limit how many descriptors it may have, 1 or more
   * @param pageSize bytes, a power of two
   */
  public FileTable(String owner, MemoryAccount account, int limit, int pageSize) {
    this.owner = Objects.requireNonNull(owner);
    this.account = Objects.requireNonNull(account);
    this.limit = limit;
    this.pageSize = pageSize;
  }

  /** Returns the client's name, never null. */
  public String owner() {
    return owner;
  }

  /** Returns what memory allocated for this client is charged to, never null. */
  public MemoryAccount account() {
    return account;
  }

  /**
   * Gives a file the lowest free number. The caller's reference passes to the table.
   *
   * @param file the file, never null
   * @param cloexec whether it is closed on exec
   * @return the descriptor, 0 or more
   * @throws DmaBufException EMFILE when the table is full; EBADF when it is closed; then the caller
   *     keeps its reference
   */
  public synchronized int install(OpenFile file, boolean cloexec) {
    Objects.requireNonNull(file, "file");
    if (state == State.CLOSED) {
      throw new DmaBufException(
          Errno.EBADF, "The file table of " + owner + " is closed; its bundle has stopped");
    }
    int fd = used.nextClearBit(0);
    if (fd >= limit) {
      throw new DmaBufException(
          Errno.EMFILE, "The file table of " + owner + " is full at " + limit + "; close a file");
    }
    used.set(fd);
    closeOnExec.set(fd, cloexec);
    if (fd == files.size()) {
      files.add(file);
    } else {
      files.set(fd, file);
    }
    return fd;
  }

  /**
   * Takes a reference to an open file.
   *
   * @param fd the descriptor
   * @return the file, with a reference that the caller puts, never null
   * @throws DmaBufException EBADF when it is not open
   */
  public synchronized OpenFile get(int fd) {
    OpenFile file = at(fd);
    if (!file.tryGet()) {
      throw new IllegalStateException("fd " + fd + " of " + owner + " names a released file");
    }
    return file;
  }

  /**
   * Gives the same file a second descriptor, the lowest free one, without close on exec.
   *
   * @param fd the first descriptor
   * @return the second one
   * @throws DmaBufException EBADF when fd is not open; EMFILE when the table is full
   */
  public int dup(int fd) {
    OpenFile file = get(fd);
    try {
      return install(file, false);
    } catch (DmaBufException full) {
      file.put();
      throw full;
    }
  }

  /**
   * Closes a descriptor; the file is released with its last reference, on this thread.
   *
   * @param fd the descriptor
   * @throws DmaBufException EBADF when it is not open
   */
  public void close(int fd) {
    OpenFile file;
    synchronized (this) {
      file = at(fd);
      used.clear(fd);
      files.set(fd, null);
    }
    file.put();
  }

  /** Returns whether a descriptor has close on exec; EBADF when it is not open. */
  public synchronized boolean isCloseOnExec(int fd) {
    at(fd);
    return closeOnExec.get(fd);
  }

  /**
   * Moves a file's position.
   *
   * @param fd the descriptor
   * @param offset bytes
   * @param whence see {@link Whence}
   * @return the new position
   * @throws DmaBufException EBADF; ESPIPE or EINVAL as the kind of file has it
   */
  public long lseek(int fd, long offset, int whence) {
    OpenFile file = get(fd);
    try {
      return file.seek(offset, whence);
    } finally {
      file.put();
    }
  }

  /**
   * Reads from a file.
   *
   * @param fd the descriptor
   * @param to where to, never null
   * @return the bytes read
   * @throws DmaBufException EBADF when it is not open for reading; others as the kind of file has
   *     it
   */
  public long read(int fd, MemorySegment to) {
    OpenFile file = get(fd);
    try {
      checkMode(fd, file, file.isReadable(), "reading");
      return file.read(to);
    } finally {
      file.put();
    }
  }

  /**
   * Writes to a file.
   *
   * @param fd the descriptor
   * @param from what, never null
   * @return the bytes written
   * @throws DmaBufException EBADF when it is not open for writing; others as the kind of file has
   *     it
   */
  public long write(int fd, MemorySegment from) {
    OpenFile file = get(fd);
    try {
      checkMode(fd, file, file.isWritable(), "writing");
      return file.write(from);
    } finally {
      file.put();
    }
  }

  /**
   * Does what a request number says.
   *
   * @param fd the descriptor
   * @param request direction, size, type and number as Linux packs them
   * @param argument the structure that the request reads and writes; {@code MemorySegment.NULL} for
   *     none; never null
   * @return the result, 0 or more
   * @throws DmaBufException EBADF; ENOTTY for a request that the kind of file does not have; others
   *     as the request has them
   */
  public int ioctl(int fd, int request, MemorySegment argument) {
    OpenFile file = get(fd);
    try {
      return file.ioctl(this, request, argument);
    } catch (DmaBufException failed) {
      if (failed.errno() == Errno.ERESTARTSYS) {
        // Restarting is the kernel's affair; the program sees that it was interrupted.
        throw new DmaBufException(Errno.EINTR, failed.sentence());
      }
      throw failed;
    } finally {
      file.put();
    }
  }

  /**
   * Maps a file.
   *
   * @param fd the descriptor
   * @param length bytes, rounded up to pages
   * @param offset the first byte, a multiple of the page size
   * @param protection see {@link MmapFlags}
   * @param flags see {@link MmapFlags}
   * @return the mapping, never null
   * @throws DmaBufException in the order of the kernel: EINVAL for an unaligned offset; EBADF;
   *     EINVAL for length 0; ENOMEM for one that cannot be rounded up; EOVERFLOW for a negative
   *     offset; EACCES when the access mode does not allow the protection; ENODEV and others as the
   *     kind of file has it
   */
  public CpuMapping mmap(int fd, long length, long offset, int protection, int flags) {
    MmapRange.checkAligned("fd " + fd + " of " + owner, offset, pageSize);
    OpenFile file = get(fd);
    try {
      long rounded = MmapRange.rounded(file, length, pageSize);
      MmapRange.checkOffset(file, offset);
      MmapFlags.check(file, protection, flags);
      CpuMapping mapping = file.mmap(this, offset, rounded, protection, flags);
      mappings.add(mapping);
      mapping.whenUnmapped(() -> mappings.remove(mapping));
      return mapping;
    } finally {
      file.put();
    }
  }

  /**
   * Says what is ready, without waiting.
   *
   * @param fd the descriptor; a negative one is ignored
   * @param events what is asked, see {@link PollEvents}
   * @return what of it is ready; NVAL when the descriptor is not open
   */
  public int poll(int fd, int events) {
    if (fd < 0) {
      return 0;
    }
    OpenFile file;
    try {
      file = get(fd);
    } catch (DmaBufException notOpen) {
      return PollEvents.POLLNVAL;
    }
    try {
      return file.poll(events);
    } finally {
      file.put();
    }
  }

  /**
   * Returns whether two descriptors name one open file.
   *
   * @throws DmaBufException EBADF when one of them is not open
   */
  public synchronized boolean isSame(int fd, int other) {
    return at(fd) == at(other);
  }

  /**
   * Returns what the system tells of a file, in the kernel's text.
   *
   * @throws DmaBufException EBADF when it is not open
   */
  public String fdinfo(int fd) {
    OpenFile file = get(fd);
    StringBuilder text = new StringBuilder();
    try {
      int flags = file.flags() | (isCloseOnExec(fd) ? OpenFlags.O_CLOEXEC : 0);
      text.append("pos:\t").append(file.position()).append('\n');
      text.append("flags:\t0").append(Integer.toOctalString(flags)).append('\n');
      text.append("mnt_id:\t").append(file.fileSystem().mountId()).append('\n');
      text.append("ino:\t").append(file.inode()).append('\n');
      file.fdinfo(text);
    } finally {
      file.put();
    }
    return text.toString();
  }

  /** Returns whether it has been closed: then it takes no file any more. */
  public synchronized boolean isClosed() {
    return state == State.CLOSED;
  }

  /** Returns how many descriptors are open. */
  public synchronized int size() {
    return used.cardinality();
  }

  /** Closes all descriptors and the table itself. Idempotent. */
  @Override
  public void close() {
    List<OpenFile> open;
    synchronized (this) {
      state = State.CLOSED;
      open = new ArrayList<>(files);
      files.clear();
      used.clear();
    }
    mappings.forEach(this::unmapGuarded);
    for (OpenFile file : open) {
      if (file != null) {
        putGuarded(file);
      }
    }
  }

  private void checkMode(int fd, OpenFile file, boolean allowed, String what) {
    if (!allowed) {
      throw new DmaBufException(
          Errno.EBADF,
          "fd " + fd + " of " + owner + " (" + file.describe() + ") is not open for " + what);
    }
  }

  /** A file whose release fails must not keep the others open. */
  private void putGuarded(OpenFile file) {
    try {
      file.put();
    } catch (RuntimeException | LinkageError failed) {
      LOG.warn("Closing {} of {} failed: {}", file.describe(), owner, failed.toString());
    }
  }

  private void unmapGuarded(CpuMapping mapping) {
    try {
      mapping.close();
    } catch (DmaBufException busy) {
      LOG.warn("Unmapping of {} failed: {}", owner, busy.getMessage());
    }
  }

  private OpenFile at(int fd) {
    if (fd < 0 || fd >= files.size() || !used.get(fd)) {
      throw new DmaBufException(
          Errno.EBADF, "fd " + fd + " of " + owner + " is not open; " + size() + " others are");
    }
    return files.get(fd);
  }
}
