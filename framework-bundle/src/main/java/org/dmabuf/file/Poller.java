package org.dmabuf.file;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaClock;
import org.dmabuf.Errno;

/**
 * A standing set of descriptors to wait for: whoever waits looks at those that may have become
 * ready, however many are watched.
 *
 * <pre>
 *   file woken --> queue of those that may be ready --> await asks each once --> reported
 *
 *   OPEN --close(), or its table closed--> CLOSED (EBADF from then on)
 * </pre>
 *
 * <p>A descriptor leaves the set when it is closed, also when the file stays open by another one
 * (where Linux keeps reporting it). As in Linux a dma-buf that is idle is reported to an EDGE each
 * time, for looking at it wakes all who wait for it. Thread-safe; several threads may wait, each
 * gets other descriptors. No lock is held while a file is asked. Kernel counterpart: {@code
 * eventpoll.c}.
 */
public final class Poller implements AutoCloseable {
  /** When a descriptor that is ready is reported. */
  public enum Trigger {
    /** As long as it is ready. */
    LEVEL,
    /** Once each time that it may have become ready. Kernel counterpart: {@code EPOLLET}. */
    EDGE
  }

  /**
   * A descriptor that is ready.
   *
   * @param fd the descriptor
   * @param events of what is asked, and ERR and HUP; see {@link PollEvents}
   * @param data what it was added with
   */
  public record Ready(int fd, int events, long data) {}

  private final FileTable table;
  private final DmaClock clock;
  private final PollSet set;

  Poller(FileTable table, DmaClock clock) {
    this.table = table;
    this.clock = clock;
    this.set = new PollSet(table.owner());
  }

  /**
   * Watches a descriptor.
   *
   * @param fd the descriptor
   * @param events what to wait for, see {@link PollEvents}; ERR and HUP are always reported
   * @param trigger when to report it, never null
   * @param data anything, returned with each report
   * @throws DmaBufException EBADF when it is not open or this set is closed; EPERM when its kind of
   *     file is always ready; EEXIST when it is watched already
   */
  public void add(int fd, int events, Trigger trigger, long data) {
    OpenFile file = table.get(fd);
    try {
      if (!file.isPollable()) {
        throw new DmaBufException(
            Errno.EPERM,
            "fd "
                + fd
                + " ("
                + file.describe()
                + ") is always ready; there is nothing to wait for");
      }
      PollSet.Item item = new PollSet.Item(set, fd, file, events, trigger, data);
      set.insert(item);
      file.waitQueue().add(item);
      if (!table.descriptors().names(fd, file)) {
        set.remove(item);
      }
      if (set.isRemoved(item)) {
        // Whoever removed it may have done so before it was in the file's queue.
        file.waitQueue().remove(item);
        throw new DmaBufException(
            Errno.EBADF, "fd " + fd + " of " + table.owner() + " was closed as it was added");
      }
      queueIfReady(item);
    } finally {
      file.put();
    }
  }

  /**
   * Changes what is waited for.
   *
   * @param fd the descriptor
   * @param events as {@link #add}
   * @param trigger as {@link #add}
   * @param data as {@link #add}
   * @throws DmaBufException EBADF when it is not open or this set is closed; ENOENT when it is not
   *     watched
   */
  public void modify(int fd, int events, Trigger trigger, long data) {
    table.get(fd).put();
    queueIfReady(set.change(fd, events, trigger, data));
  }

  /**
   * Watches a descriptor no longer.
   *
   * @param fd the descriptor
   * @throws DmaBufException EBADF when it is not open or this set is closed; ENOENT when it is not
   *     watched
   */
  public void remove(int fd) {
    table.get(fd).put();
    set.remove(fd);
  }

  /**
   * Waits until descriptors are ready.
   *
   * @param timeout how long on the product's clock; zero looks only, a negative one is no limit;
   *     never null
   * @param most how many to report, 1 or more; the others come with the next call
   * @return what is ready; empty when the time is up
   * @throws DmaBufException EINVAL for less than 1; EBADF when the set is closed, also meanwhile;
   *     EINTR when the thread is interrupted (its flag stays set)
   */
  public List<Ready> await(Duration timeout, int most) {
    if (most < 1) {
      throw new DmaBufException(
          Errno.EINVAL, "A poller was asked for " + most + " events; 1 or more would work");
    }
    long nanos = PollCall.nanosOf(timeout);
    List<Ready> found = collect(most);
    if (!found.isEmpty() || nanos == 0) {
      return found;
    }
    boolean bounded = nanos != Long.MAX_VALUE;
    long deadline = clock.nanos() + nanos;
    DmaClock.Timer timer = bounded ? clock.schedule(deadline, set::wakeAll) : () -> {};
    try {
      while (found.isEmpty() && set.sleep(clock, bounded, deadline)) {
        found = collect(most);
      }
      return found;
    } finally {
      timer.cancel();
    }
  }

  /** Returns how many descriptors are watched. */
  public int size() {
    return set.size();
  }

  /** Watches nothing any more; who waits gets EBADF. Idempotent. */
  @Override
  public void close() {
    set.close();
    table.waiting().remove(this);
  }

  /** The table has closed a descriptor. */
  void descriptorClosed(int fd) {
    set.closed(fd);
  }

  private void queueIfReady(PollSet.Item item) {
    if (ask(item) != 0) {
      set.queue(item);
    }
  }

  /** Asks those that are queued by now, each once. */
  private List<Ready> collect(int most) {
    List<Ready> found = new ArrayList<>();
    for (int left = set.queued(); left > 0 && found.size() < most; left--) {
      PollSet.Item item = set.take();
      if (item == null) {
        break;
      }
      Ready ready = askTaken(item);
      if (ready != null) {
        found.add(ready);
      }
    }
    return found;
  }

  private Ready askTaken(PollSet.Item item) {
    try {
      return set.answered(item, ask(item));
    } catch (RuntimeException failed) {
      // It was not answered, so it is asked again by the next who waits.
      set.queue(item);
      set.answered(item, 0);
      throw failed;
    }
  }

  /** What a file that another thread has closed meanwhile says no longer matters. */
  private static int ask(PollSet.Item item) {
    OpenFile file = item.file();
    if (!file.tryGet()) {
      return 0;
    }
    try {
      int events = item.events();
      return file.poll(events) & PollEvents.reported(events);
    } finally {
      file.put();
    }
  }
}
