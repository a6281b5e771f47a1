package org.dmabuf.file;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaClock;
import org.dmabuf.Errno;
import org.dmabuf.debug.Snapshot;
import org.dmabuf.memory.MemoryAccount;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The files of one client as a process has them: small numbers, the lowest free one first.
 *
 * <pre>
 *   FileTable ---- descriptors   what number names which file
 *      |      ---- inbox         files that others have sent and that were not received yet
 *      |
 *      |      ---- waiting       polls that sleep, and pollers
 *      |
 *      +-- {@link FileCalls}     lseek, read, write, ioctl, mmap, fstat and others
 *      +-- control()             fcntl
 *      +-- contents()            reads and writes at a place, sizes
 *      +-- transfers()           moves of bytes between files
 *      +-- attributes()          permissions, owners, times, names
 *      +-- locks()               locks that programs agree on
 *      +-- memory()              msync, madvise
 *      +-- passing()             sends, receives, inherits
 *
 *   OPEN --close()--> CLOSED (everything closed, nothing new)
 * </pre>
 *
 * <p>Thread-safe; no lock is held while a file is released or called. Kernel counterpart: {@code
 * struct files_struct}.
 */
public final class FileTable extends FileCalls implements AutoCloseable {
  /** Descriptors of a table unless its maker says otherwise, as RLIMIT_NOFILE has them. */
  public static final int DEFAULT_LIMIT = 1024;

  private static final Logger LOG = LoggerFactory.getLogger(FileTable.class);

  private final MemoryAccount account;
  private final Descriptors descriptors;
  private final Inbox inbox;
  private final Waiting waiting = new Waiting();
  private final DmaClock clock;

  /**
   * Makes an empty table.
   *
   * @param owner the client, as messages show it, never null
   * @param account what memory that exporters allocate for this client is charged to, never null
   * @param limit how many descriptors it may have, 1 or more
   * @param pageSize bytes, a power of two
   * @param clock what timeouts are measured by, never null
   */
  public FileTable(String owner, MemoryAccount account, int limit, int pageSize, DmaClock clock) {
    this(TableOwner.unlimited(owner, account), limit, pageSize, clock);
  }

  /**
   * As {@link #FileTable(String, MemoryAccount, int, int, DmaClock)}.
   *
   * @param owner whose it is, never null
   */
  public FileTable(TableOwner owner, int limit, int pageSize, DmaClock clock) {
    super(owner.name(), pageSize, owner.leaks());
    this.account = owner.account();
    this.clock = Objects.requireNonNull(clock);
    this.descriptors = new Descriptors(owner, limit, waiting);
    this.inbox = new Inbox(owner.name(), limit);
  }

  /** Returns what memory allocated for this client is charged to, never null. */
  public MemoryAccount account() {
    return account;
  }

  /** Returns how many descriptors it may have. */
  public int limit() {
    return descriptors.limit();
  }

  /** Returns the calls of fcntl, never null. */
  public FileControl control() {
    return new FileControl(this);
  }

  /** Returns the calls about what files hold, never null. */
  public FileContents contents() {
    return new FileContents(this);
  }

  /** Returns the calls that move bytes between files, never null. */
  public FileTransfers transfers() {
    return new FileTransfers(this);
  }

  /** Returns the calls about what files say of themselves, never null. */
  public FileAttributes attributes() {
    return new FileAttributes(this);
  }

  /** Returns the calls that lock files, never null. */
  public FileLocks locks() {
    return new FileLocks(this);
  }

  /** Returns the calls about what is mapped, never null. */
  public MappedMemory memory() {
    return new MappedMemory(this);
  }

  /** Returns the calls that give descriptors to others, never null. */
  public FilePassing passing() {
    return new FilePassing(this);
  }

  /**
   * Gives a file the lowest free number. The caller's reference passes to the table.
   *
   * @param file the file, never null
   * @param cloexec whether it is closed on exec
   * @return the descriptor, 0 or more
   * @throws DmaBufException EMFILE when the table is full or its bundle may have no more; EBADF
   *     when it is closed; then the caller keeps its reference
   */
  public int install(OpenFile file, boolean cloexec) {
    return descriptors.add(file, cloexec, 0);
  }

  /**
   * Takes a reference to an open file.
   *
   * @param fd the descriptor
   * @return the file, with a reference that the caller puts, never null
   * @throws DmaBufException EBADF when it is not open
   */
  public OpenFile get(int fd) {
    return descriptors.get(fd);
  }

  /**
   * Gives the same file a second descriptor, the lowest free one, without close on exec.
   *
   * @param fd the first descriptor
   * @return the second one
   * @throws DmaBufException EBADF when fd is not open; EMFILE when the table is full
   */
  public int dup(int fd) {
    return dupFrom(fd, 0, false);
  }

  /**
   * Gives the same file a descriptor of a chosen number; what that named is closed silently: dup2
   * and dup3.
   *
   * @param fd the first descriptor
   * @param number the second one; when it is the first, nothing happens
   * @param cloexec whether the second one is closed on exec
   * @return the number
   * @throws DmaBufException EBADF when fd is not open, or the number not below the limit; EINVAL
   *     when close on exec is asked for with fd itself; EMFILE when the bundle may have no more
   */
  public int dup(int fd, int number, boolean cloexec) {
    if (fd == number && cloexec) {
      throw new DmaBufException(
          Errno.EINVAL, "fd " + fd + " of " + owner() + " was to be duplicated to itself");
    }
    descriptors.checkNumber(number);
    OpenFile file = get(fd);
    if (fd == number) {
      file.put();
      return fd;
    }
    OpenFile before;
    try {
      before = descriptors.replace(number, file, cloexec);
    } catch (DmaBufException closed) {
      file.put();
      throw closed;
    }
    if (before != null) {
      putGuarded(before);
    }
    return number;
  }

  /**
   * Closes a descriptor; the file is released with its last reference, on this thread.
   *
   * @param fd the descriptor
   * @throws DmaBufException EBADF when it is not open
   */
  public void close(int fd) {
    OpenFile file = descriptors.remove(fd);
    file.closedBy(this);
    file.put();
  }

  /**
   * Closes a range of descriptors: close_range.
   *
   * @param first the first one, 0 or more
   * @param last the last one, first or more; those that are not open are passed over
   * @throws DmaBufException EINVAL for a range that is none
   */
  public void closeRange(int first, int last) {
    if (first < 0 || last < first) {
      throw new DmaBufException(
          Errno.EINVAL, "fds " + first + " to " + last + " of " + owner() + " were to be closed");
    }
    descriptors.removeRange(first, last).forEach(this::putGuarded);
  }

  /** Becomes another program: closes what has close on exec, and unmaps everything. */
  public void exec() {
    unmapAll();
    descriptors.removeCloseOnExec().forEach(this::putGuarded);
  }

  /** Returns whether a descriptor has close on exec; EBADF when it is not open. */
  public boolean isCloseOnExec(int fd) {
    return descriptors.isCloseOnExec(fd);
  }

  /** Sets or clears close on exec; EBADF when it is not open. */
  public void setCloseOnExec(int fd, boolean cloexec) {
    descriptors.setCloseOnExec(fd, cloexec);
  }

  /**
   * Waits until some of several descriptors are ready.
   *
   * @param asked the descriptors and what is asked of each; gets the answers; never null
   * @param timeout how long on the product's clock; zero looks only, a negative one is no limit;
   *     never null
   * @return how many have an answer; 0 when the time is up. When the table is closed meanwhile all
   *     have NVAL
   * @throws DmaBufException EINTR when the thread is interrupted in the wait (its flag stays set)
   */
  public int poll(List<PollFd> asked, Duration timeout) {
    long nanos = PollCall.nanosOf(timeout);
    try (PollCall call = new PollCall(this, asked)) {
      return nanos == 0 ? call.ask() : call.await(clock, nanos);
    }
  }

  /**
   * Opens a standing set of descriptors of this table to wait for, which is closed with it.
   *
   * @return the set, empty, never null
   * @throws DmaBufException EBADF when the table is closed
   */
  public Poller poller() {
    Poller poller = new Poller(this, clock);
    waiting.add(poller);
    if (isClosed()) {
      throw new DmaBufException(
          Errno.EBADF, "The file table of " + owner() + " is closed; its bundle has stopped");
    }
    return poller;
  }

  /**
   * Returns whether two descriptors name one open file.
   *
   * @throws DmaBufException EBADF when one of them is not open
   */
  public boolean isSame(int fd, int other) {
    return descriptors.isSame(fd, other);
  }

  /** Returns whether it has been closed: then it takes no file any more. */
  public boolean isClosed() {
    return descriptors.isClosed();
  }

  /** Returns how many descriptors are open. */
  public int size() {
    return descriptors.size();
  }

  /** Returns the descriptors that are open, in order, never null. */
  public List<Snapshot.File> openFiles() {
    return descriptors.snapshot();
  }

  /** Closes all descriptors, what was sent and not received, and the table itself. Idempotent. */
  @Override
  public void close() {
    List<OpenFile> left = new ArrayList<>(descriptors.closeAll());
    waiting.end();
    left.addAll(inbox.close());
    unmapAll();
    left.forEach(this::putGuarded);
  }

  @Override
  FileTable table() {
    return this;
  }

  Descriptors descriptors() {
    return descriptors;
  }

  Inbox inbox() {
    return inbox;
  }

  Waiting waiting() {
    return waiting;
  }

  /** Gives a file the lowest free number from one on. */
  int dupFrom(int fd, int from, boolean cloexec) {
    OpenFile file = get(fd);
    try {
      return descriptors.add(file, cloexec, from);
    } catch (DmaBufException full) {
      file.put();
      throw full;
    }
  }

  /** A file whose release fails must not keep the others open. */
  void putGuarded(OpenFile file) {
    file.closedBy(this);
    try {
      file.put();
    } catch (RuntimeException | LinkageError failed) {
      LOG.warn("Closing {} of {} failed: {}", file.describe(), owner(), failed.toString());
    }
  }
}
