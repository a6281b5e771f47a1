package org.dmabuf.file;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.debug.Acquisition;
import org.dmabuf.debug.LeakKind;
import org.dmabuf.debug.LeakTracker;
import org.dmabuf.debug.Snapshot;
import org.dmabuf.fault.ClientFaults;
import org.dmabuf.fault.FaultPoint;
import org.dmabuf.limit.Quota;

/**
 * The numbers of a table and what they name.
 *
 * <pre>
 *   fd   0         1         2         3
 *      [file,cx] [file,  ] [ free  ] [file,  ]      cx = close on exec
 *
 *   OPEN --closeAll()--> CLOSED (nothing is open, nothing can be opened)
 * </pre>
 *
 * <p>Each number holds one reference to its file. Files that leave are handed to the caller, who
 * puts them: no file is released with the monitor held. Thread-safe. Kernel counterpart: {@code
 * struct fdtable}.
 */
final class Descriptors {
  private enum State {
    OPEN,
    CLOSED
  }

  private final String owner;
  private final int limit;
  private final Waiting waiting;
  private final LeakTracker leaks;
  private final Quota quota; // of all tables of the bundle
  private final ClientFaults faults;
  private final BitSet used = new BitSet();
  private final BitSet closeOnExec = new BitSet();
  private final List<OpenFile> files = new ArrayList<>();
  private final List<Acquisition> noted = new ArrayList<>(); // only as far as any was noted
  private State state = State.OPEN;

  /**
   * Makes an empty set of numbers.
   *
   * @param waiting told of each number that is freed
   */
  Descriptors(TableOwner owner, int limit, Waiting waiting) {
    this.owner = owner.name();
    this.limit = limit;
    this.waiting = waiting;
    this.leaks = owner.leaks();
    this.quota = owner.descriptors();
    this.faults = owner.faults();
  }

  /** Names a file by the lowest free number from one on; EMFILE, EBADF when closed. */
  int add(OpenFile file, boolean cloexec, int from) {
    Objects.requireNonNull(file, "file");
    if (faults.isOn()) {
      faults.before(FaultPoint.DESCRIPTOR, "A descriptor of " + owner + " for " + file.describe());
    }
    return added(file, cloexec, from);
  }

  private synchronized int added(OpenFile file, boolean cloexec, int from) {
    checkOpen();
    int fd = used.nextClearBit(from);
    if (fd >= limit) {
      throw new DmaBufException(
          Errno.EMFILE, "The file table of " + owner + " is full at " + limit + "; close a file");
    }
    quota.take(1);
    put(fd, file, cloexec);
    return fd;
  }

  /**
   * Names a file by a number, and returns the one that it named before, or null; EBADF when closed;
   * EMFILE.
   *
   * @param fd one that {@link #checkNumber} lets pass
   */
  synchronized OpenFile replace(int fd, OpenFile file, boolean cloexec) {
    checkOpen();
    OpenFile before = used.get(fd) ? files.get(fd) : null;
    if (before == null) {
      quota.take(1);
    }
    put(fd, file, cloexec);
    return before;
  }

  /** Returns the file with a reference more; EBADF. */
  synchronized OpenFile get(int fd) {
    OpenFile file = at(fd);
    if (!file.tryGet()) {
      throw new IllegalStateException("fd " + fd + " of " + owner + " names a released file");
    }
    return file;
  }

  /** Returns whether a number is in use and names a file. */
  synchronized boolean names(int fd, OpenFile file) {
    return isUsed(fd) && files.get(fd) == file;
  }

  /** Frees a number; its reference passes to the caller; EBADF. */
  synchronized OpenFile remove(int fd) {
    OpenFile file = at(fd);
    clear(fd);
    return file;
  }

  /** Frees the numbers of a range that are in use. */
  synchronized List<OpenFile> removeRange(int first, int last) {
    List<OpenFile> gone = new ArrayList<>();
    for (int fd = used.nextSetBit(first); fd >= 0 && fd <= last; fd = used.nextSetBit(fd + 1)) {
      gone.add(files.get(fd));
      clear(fd);
    }
    return gone;
  }

  /** Frees the numbers with close on exec. */
  synchronized List<OpenFile> removeCloseOnExec() {
    List<OpenFile> gone = new ArrayList<>();
    for (int fd = closeOnExec.nextSetBit(0); fd >= 0; fd = closeOnExec.nextSetBit(fd + 1)) {
      gone.add(files.get(fd));
      clear(fd);
    }
    return gone;
  }

  /** Frees all numbers for ever. */
  synchronized List<OpenFile> closeAll() {
    state = State.CLOSED;
    return removeRange(0, Integer.MAX_VALUE);
  }

  /**
   * Names the same files by the same numbers in another table, which must be empty; EBUSY, EMFILE.
   */
  void copyTo(Descriptors child) {
    List<OpenFile> got = new ArrayList<>();
    BitSet cloexec;
    synchronized (this) {
      for (int fd = 0; fd < used.length(); fd++) {
        got.add(used.get(fd) ? get(fd) : null);
      }
      cloexec = (BitSet) closeOnExec.clone();
    }
    try {
      child.fill(got, cloexec);
    } catch (DmaBufException refused) {
      got.stream().filter(Objects::nonNull).forEach(OpenFile::put);
      throw refused;
    }
  }

  private synchronized void fill(List<OpenFile> all, BitSet cloexec) {
    checkOpen();
    if (!used.isEmpty() || all.size() > limit) {
      throw new DmaBufException(
          Errno.EBUSY,
          "The file table of "
              + owner
              + " has "
              + used.cardinality()
              + " files and a limit of "
              + limit
              + ", and cannot take over "
              + all.size()
              + " numbers; an empty one of the same limit could");
    }
    quota.take(all.stream().filter(Objects::nonNull).count());
    for (int fd = 0; fd < all.size(); fd++) {
      if (all.get(fd) != null) {
        put(fd, all.get(fd), cloexec.get(fd));
      }
    }
  }

  synchronized boolean isCloseOnExec(int fd) {
    at(fd);
    return closeOnExec.get(fd);
  }

  synchronized void setCloseOnExec(int fd, boolean cloexec) {
    at(fd);
    closeOnExec.set(fd, cloexec);
  }

  synchronized boolean isSame(int fd, int other) {
    return at(fd) == at(other);
  }

  synchronized boolean isClosed() {
    return state == State.CLOSED;
  }

  synchronized int size() {
    return used.cardinality();
  }

  synchronized List<Snapshot.File> snapshot() {
    List<Snapshot.File> all = new ArrayList<>(used.cardinality());
    for (int fd = used.nextSetBit(0); fd >= 0; fd = used.nextSetBit(fd + 1)) {
      OpenFile file = files.get(fd);
      all.add(
          new Snapshot.File(
              owner,
              fd,
              file.path(),
              file.inode(),
              file.flags(),
              closeOnExec.get(fd),
              Snapshot.Taken.of(fd < noted.size() ? noted.get(fd) : null)));
    }
    return all;
  }

  int limit() {
    return limit;
  }

  /** Checks a number that need not be open: EBADF for one that never can be. */
  void checkNumber(int fd) {
    if (fd < 0 || fd >= limit) {
      throw new DmaBufException(
          Errno.EBADF,
          "fd " + fd + " of " + owner + " was to be used; 0 to " + (limit - 1) + " would work");
    }
  }

  private void checkOpen() {
    if (state == State.CLOSED) {
      throw new DmaBufException(
          Errno.EBADF, "The file table of " + owner + " is closed; its bundle has stopped");
    }
  }

  private void put(int fd, OpenFile file, boolean cloexec) {
    if (used.get(fd)) {
      free(fd);
    }
    used.set(fd);
    closeOnExec.set(fd, cloexec);
    while (fd >= files.size()) {
      files.add(null);
    }
    files.set(fd, file);
    forget(fd);
    note(fd, file);
  }

  private void note(int fd, OpenFile file) {
    if (!leaks.isOn()) {
      return;
    }
    Acquisition taken = leaks.keep(LeakKind.FILE, "fd " + fd + ", " + file.describe());
    if (taken != null) {
      while (fd >= noted.size()) {
        noted.add(null);
      }
      noted.set(fd, taken);
    }
  }

  private void forget(int fd) {
    if (fd < noted.size()) {
      LeakTracker.release(noted.set(fd, null));
    }
  }

  private void clear(int fd) {
    free(fd);
    quota.give(1);
  }

  private void free(int fd) {
    used.clear(fd);
    closeOnExec.clear(fd);
    files.set(fd, null);
    waiting.descriptorClosed(fd);
    forget(fd);
  }

  private OpenFile at(int fd) {
    if (!isUsed(fd)) {
      throw new DmaBufException(
          Errno.EBADF, "fd " + fd + " of " + owner + " is not open; " + size() + " others are");
    }
    return files.get(fd);
  }

  private boolean isUsed(int fd) {
    return fd >= 0 && used.get(fd);
  }
}
