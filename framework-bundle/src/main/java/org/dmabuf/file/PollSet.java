package org.dmabuf.file;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaClock;
import org.dmabuf.Errno;

/**
 * What a {@link Poller} watches, and which of it may be ready.
 *
 * <pre>
 *   each descriptor   IDLE --woken--> QUEUED --a waiter takes it--> ASKED --woken--> ASKED_AGAIN
 *                      ^                 ^                            |  |              |
 *                      |                 +---ready, LEVEL-------------+  |              |
 *                      |                 +-------------------------------)--------------+
 *                      +-------------------not ready, or EDGE------------+
 *
 *   from each of them --its descriptor closed, or removed--> REMOVED
 * </pre>
 *
 * <p>Thread-safe. Its monitor is held for a few steps only: never while a file is asked.
 */
final class PollSet {
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

  /** One descriptor; but for its events guarded by the set's monitor. */
  static final class Item extends WaitQueue.Place {
    private final int fd;
    private final OpenFile file;
    private Poller.Trigger trigger;
    private long data;
    private Phase phase = Phase.IDLE;

    /**
     * Makes an item that is in no set yet.
     *
     * @param set the one that it will be in
     */
    Item(PollSet set, int fd, OpenFile file, int events, Poller.Trigger trigger, long data) {
      super(set.waiter, events);
      this.fd = fd;
      this.file = file;
      this.trigger = trigger;
      this.data = data;
    }

    OpenFile file() {
      return file;
    }
  }

  private final String owner;
  private final WaitQueue.Waiter waiter = place -> queue((Item) place);
  private final Map<Integer, Item> items = new HashMap<>();
  private final ArrayDeque<Item> queued = new ArrayDeque<>();
  private State state = State.OPEN;

  /**
   * Makes an empty set.
   *
   * @param owner whose descriptors they are, for messages
   */
  PollSet(String owner) {
    this.owner = owner;
  }

  synchronized int size() {
    return items.size();
  }

  /** EBADF, EEXIST. */
  synchronized void insert(Item item) {
    checkOpen();
    if (items.putIfAbsent(item.fd, item) != null) {
      throw new DmaBufException(
          Errno.EEXIST, "fd " + item.fd + " is watched already; modify it, or remove it first");
    }
  }

  /** EBADF, ENOENT. */
  synchronized Item change(int fd, int events, Poller.Trigger trigger, long data) {
    Item item = watched(fd);
    item.setEvents(events);
    item.trigger = trigger;
    item.data = data;
    return item;
  }

  /** EBADF, ENOENT. */
  synchronized void remove(int fd) {
    remove(watched(fd));
  }

  /** The descriptor is closed; it need not be watched. */
  synchronized void closed(int fd) {
    Item item = items.get(fd);
    if (item != null) {
      remove(item);
    }
  }

  synchronized void remove(Item item) {
    if (item.phase != Phase.REMOVED) {
      item.phase = Phase.REMOVED;
      items.remove(item.fd, item);
      queued.remove(item);
      item.file.waitQueue().remove(item);
    }
  }

  synchronized boolean isRemoved(Item item) {
    return item.phase == Phase.REMOVED;
  }

  /** It may be ready. */
  synchronized void queue(Item item) {
    if (item.phase == Phase.IDLE) {
      item.phase = Phase.QUEUED;
      queued.add(item);
      notifyAll();
    } else if (item.phase == Phase.ASKED) {
      item.phase = Phase.ASKED_AGAIN;
    }
  }

  /** Returns how many may be ready; EBADF. */
  synchronized int queued() {
    checkOpen();
    return queued.size();
  }

  /** Returns the one that has waited longest, to be asked; null when there is none. */
  synchronized Item take() {
    Item item = queued.poll();
    if (item != null) {
      item.phase = Phase.ASKED;
    }
    return item;
  }

  /** Returns what is to be reported of one that was taken; null for nothing. */
  synchronized Poller.Ready answered(Item item, int events) {
    if (item.phase == Phase.REMOVED) {
      return null;
    }
    boolean again = item.phase == Phase.ASKED_AGAIN;
    item.phase = Phase.IDLE;
    if (again || (events != 0 && item.trigger == Poller.Trigger.LEVEL)) {
      queue(item);
    }
    return events == 0 ? null : new Poller.Ready(item.fd, events, item.data);
  }

  /** Has those who sleep look at the clock. */
  synchronized void wakeAll() {
    notifyAll();
  }

  /**
   * Sleeps until one may be ready.
   *
   * @param bounded whether the deadline counts
   * @return false when the time is up
   * @throws DmaBufException EBADF when the set is closed; EINTR
   */
  synchronized boolean sleep(DmaClock clock, boolean bounded, long deadline) {
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
          Errno.EINTR,
          "Interrupted in a wait for one of " + items.size() + " descriptors of " + owner);
    }
  }

  synchronized void close() {
    state = State.CLOSED;
    List.copyOf(items.values()).forEach(this::remove);
    notifyAll();
  }

  private Item watched(int fd) {
    checkOpen();
    Item item = items.get(fd);
    if (item == null) {
      throw new DmaBufException(
          Errno.ENOENT,
          "fd " + fd + " of " + owner + " is not watched; " + items.size() + " others are");
    }
    return item;
  }

  private void checkOpen() {
    if (state == State.CLOSED) {
      throw new DmaBufException(Errno.EBADF, "A poller of " + owner + " is closed; open another");
    }
  }
}
