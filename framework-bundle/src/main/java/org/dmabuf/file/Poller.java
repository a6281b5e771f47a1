package org.dmabuf.file;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaClock;
import org.dmabuf.Errno;

/**
 * A standing set of descriptors to wait for: whoever waits looks at those that may have become
 * ready, however many are watched.
 *
 * <pre>
 *   each descriptor   IDLE --woken--> QUEUED --a waiter takes it--> ASKED --woken--> ASKED_AGAIN
 *                      ^                 ^                            |  |              |
 *                      |                 +---ready, LEVEL-------------+  |              |
 *                      |                 +-------------------------------)--------------+
 *                      +-------------------not ready, or EDGE------------+
 *
 *   the set           OPEN --close(), or its table closed--> CLOSED (EBADF from then on)
 * </pre>
 *
 * <p>A descriptor leaves the set when it is closed, also when the file stays open by another one
 * (where Linux keeps reporting it). As in Linux a dma-buf that is idle is reported to an EDGE each
 * time, for looking at it wakes all who wait for it. Thread-safe; several threads may wait, each
 * gets other descriptors. Its monitor guards the set and the queue alone and is never held while a
 * file is asked. Kernel counterpart: {@code eventpoll.c}.
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

  private enum State {
    OPEN,
    CLOSED
  }

  private enum Phase {
    IDLE,
    QUEUED,
    ASKED,
    ASKED_AGAIN,
    REMOVED
  }

  private static final class Item extends WaitQueue.Place {
    final int fd;
    final OpenFile file;
    Trigger trigger; // this and the next two are guarded by the poller's monitor
    long data;
    Phase phase = Phase.IDLE;

    Item(WaitQueue.Waiter waiter, int fd, OpenFile file, int events) {
      super(waiter, events);
      this.fd = fd;
      this.file = file;
    }
  }

  private final FileTable table;
  private final DmaClock clock;
  private final WaitQueue.Waiter waiter = this::woken;
  private final Map<Integer, Item> items = new HashMap<>();
  private final ArrayDeque<Item> queued = new ArrayDeque<>();
  private State state = State.OPEN;

  Poller(FileTable table, DmaClock clock) {
    this.table = table;
    this.clock = clock;
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
      Item item = new Item(waiter, fd, file, events);
      item.trigger = trigger;
      item.data = data;
      insert(item);
      file.waitQueue().add(item);
      if (!table.descriptors().names(fd, file)) {
        removed(item);
      }
      if (isRemoved(item)) {
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
   * @throws DmaBufException ENOENT when it is not watched; else as {@link #add}
   */
  public void modify(int fd, int events, Trigger trigger, long data) {
    OpenFile file = table.get(fd);
    try {
      Item item;
      synchronized (this) {
        item = watched(fd);
        item.setEvents(events);
        item.trigger = trigger;
        item.data = data;
      }
      queueIfReady(item);
    } finally {
      file.put();
    }
  }

  /**
   * Watches a descriptor no longer.
   *
   * @throws DmaBufException EBADF when it is not open; ENOENT when it is not watched
   */
  public void remove(int fd) {
    table.get(fd).put();
    synchronized (this) {
      removed(watched(fd));
    }
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
    DmaClock.Timer timer = bounded ? clock.schedule(deadline, this::wakeAll) : () -> {};
    try {
      while (found.isEmpty() && sleep(bounded, deadline)) {
        found = collect(most);
      }
      return found;
    } finally {
      timer.cancel();
    }
  }

  /** Returns how many descriptors are watched. */
  public synchronized int size() {
    return items.size();
  }

  /** Watches nothing any more; who waits gets EBADF. Idempotent. */
  @Override
  public void close() {
    synchronized (this) {
      state = State.CLOSED;
      List.copyOf(items.values()).forEach(this::removed);
      notifyAll();
    }
    table.waiting().remove(this);
  }

  /** The table has closed a descriptor. */
  synchronized void descriptorClosed(int fd) {
    removed(items.get(fd));
  }

  private synchronized void insert(Item item) {
    checkOpen();
    if (items.putIfAbsent(item.fd, item) != null) {
      throw new DmaBufException(
          Errno.EEXIST, "fd " + item.fd + " is watched already; modify it, or remove it first");
    }
  }

  private Item watched(int fd) {
    checkOpen();
    Item item = items.get(fd);
    if (item == null) {
      throw new DmaBufException(
          Errno.ENOENT, "fd " + fd + " is not watched; " + items.size() + " others are");
    }
    return item;
  }

  private void checkOpen() {
    if (state == State.CLOSED) {
      throw new DmaBufException(
          Errno.EBADF, "A poller of " + table.owner() + " is closed; open another");
    }
  }

  private synchronized void removed(Item item) {
    if (item != null && item.phase != Phase.REMOVED) {
      item.phase = Phase.REMOVED;
      items.remove(item.fd, item);
      queued.remove(item);
      item.file.waitQueue().remove(item);
    }
  }

  private synchronized boolean isRemoved(Item item) {
    return item.phase == Phase.REMOVED;
  }

  private void woken(WaitQueue.Place place) {
    queue((Item) place);
  }

  private synchronized void queue(Item item) {
    if (item.phase == Phase.IDLE) {
      item.phase = Phase.QUEUED;
      queued.add(item);
      notifyAll();
    } else if (item.phase == Phase.ASKED) {
      item.phase = Phase.ASKED_AGAIN;
    }
  }

  private void queueIfReady(Item item) {
    if (ask(item) != 0) {
      queue(item);
    }
  }

  /** Asks those that are queued by now, each once. */
  private List<Ready> collect(int most) {
    List<Ready> found = new ArrayList<>();
    int left = queueLength();
    while (left > 0 && found.size() < most) {
      Item item = take();
      if (item == null) {
        break;
      }
      left--;
      Ready ready = askTaken(item);
      if (ready != null) {
        found.add(ready);
      }
    }
    return found;
  }

  private Ready askTaken(Item item) {
    try {
      return answered(item, ask(item));
    } catch (RuntimeException failed) {
      // It was not answered, so it is asked again by the next who waits.
      queue(item);
      answered(item, 0);
      throw failed;
    }
  }

  private synchronized int queueLength() {
    checkOpen();
    return queued.size();
  }

  private synchronized Item take() {
    Item item = queued.poll();
    if (item != null) {
      item.phase = Phase.ASKED;
    }
    return item;
  }

  /** What a file that another thread has closed meanwhile says no longer matters. */
  private static int ask(Item item) {
    if (!item.file.tryGet()) {
      return 0;
    }
    try {
      int events = item.events();
      return item.file.poll(events) & PollEvents.reported(events);
    } finally {
      item.file.put();
    }
  }

  private synchronized Ready answered(Item item, int events) {
    if (item.phase == Phase.REMOVED) {
      return null;
    }
    boolean again = item.phase == Phase.ASKED_AGAIN;
    item.phase = Phase.IDLE;
    if (again || (events != 0 && item.trigger == Trigger.LEVEL)) {
      queue(item);
    }
    return events == 0 ? null : new Ready(item.fd, events, item.data);
  }

  private synchronized void wakeAll() {
    notifyAll();
  }

  /** Returns whether something is queued; false when the time is up. */
  private synchronized boolean sleep(boolean bounded, long deadline) {
    try {
      while (queued.isEmpty()) {
        checkOpen();
        if (bounded && deadline - clock.nanos() <= 0) {
          return false;
        }
        wait();
      }
      return true;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new DmaBufException(
          Errno.EINTR, "Interrupted in a wait for one of " + items.size() + " descriptors");
    }
  }
}
