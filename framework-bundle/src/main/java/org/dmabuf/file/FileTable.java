package org.dmabuf.file;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
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
   */
  public FileTable(String owner, MemoryAccount account, int limit) {
    this.owner = Objects.requireNonNull(owner);
    this.account = Objects.requireNonNull(account);
    this.limit = limit;
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
    for (OpenFile file : open) {
      if (file != null) {
        putGuarded(file);
      }
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

  private OpenFile at(int fd) {
    if (fd < 0 || fd >= files.size() || !used.get(fd)) {
      throw new DmaBufException(
          Errno.EBADF, "fd " + fd + " of " + owner + " is not open; " + size() + " others are");
    }
    return files.get(fd);
  }
}
