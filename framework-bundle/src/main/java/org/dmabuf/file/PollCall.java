package org.dmabuf.file;

import java.time.Duration;
import java.util.List;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaClock;
import org.dmabuf.Errno;

/**
 * One call of poll: asks all files in turn, sleeps until one of them may have become ready, asks
 * again.
 *
 * <pre>
 *   ASKING --nothing ready--> SLEEPING --woken--> ASKING ...
 *      |                         +--time is up, table closed--> ASKING once more
 *      +--something ready, or no time left--> ended
 * </pre>
 *
 * <p>It holds a reference to each file until it ends. Its monitor guards the state alone and is
 * never held while a file is asked. Kernel counterpart: {@code do_sys_poll()}.
 */
final class PollCall implements WaitQueue.Waiter, AutoCloseable {
  private enum State {
    ASKING,
    /** Somebody woke it since it began to ask. */
    WOKEN,
    /** The table was closed: nothing is waited for any more. */
    ENDED
  }

  /** Longer waits, which would overflow a clock in nanoseconds, have no limit. */
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  private final FileTable table;
  private final List<PollFd> asked;
  private final OpenFile[] files;
  private final WaitQueue.Place[] places;
  private State state = State.ASKING;

  /**
   * Takes the files.
   *
   * @param table whose descriptors they are
   * @param asked what is asked of them
   */
  PollCall(FileTable table, List<PollFd> asked) {
    this.table = table;
    this.asked = List.copyOf(asked);
    this.files = new OpenFile[this.asked.size()];
    this.places = new WaitQueue.Place[files.length];
    for (int i = 0; i < files.length; i++) {
      files[i] = opened(this.asked.get(i).fd());
    }
  }

  /** Returns a timeout in ns; {@code Long.MAX_VALUE} for none, as a negative one says. */
  static long nanosOf(Duration timeout) {
    return timeout.isNegative() || timeout.compareTo(FOR_EVER) >= 0
        ? Long.MAX_VALUE
        : timeout.toNanos();
  }

  /** Asks all once; returns how many have something. */
  int ask() {
    int found = 0;
    for (int i = 0; i < files.length; i++) {
      PollFd each = asked.get(i);
      each.found(ask(files[i], each));
      if (each.revents() != 0) {
        found++;
      }
    }
    return found;
  }

  /**
   * Waits until some have something.
   *
   * @param clock what the timeout is measured by
   * @param nanos the timeout, more than 0; {@code Long.MAX_VALUE} for none
   * @return how many have something, 0 when the time is up
   * @throws DmaBufException EINTR when the thread is interrupted (its flag stays set)
   */
  int await(DmaClock clock, long nanos) {
    table.waiting().add(this);
    if (table.isClosed()) {
      end();
    }
    addPlaces();
    int found = ask();
    if (found > 0) {
      return found;
    }
    boolean bounded = nanos != Long.MAX_VALUE;
    long deadline = clock.nanos() + nanos;
    DmaClock.Timer timer = bounded ? clock.schedule(deadline, this::timeIsUp) : () -> {};
    try {
      while (sleep()) {
        found = ask();
        if (found > 0 || (bounded && deadline - clock.nanos() <= 0)) {
          return found;
        }
      }
      return goneWithTheTable();
    } finally {
      timer.cancel();
    }
  }

  @Override
  public void woken(WaitQueue.Place place) {
    wake();
  }

  /** The table was closed: its descriptors are open no longer. */
  synchronized void end() {
    state = State.ENDED;
    notifyAll();
  }

  /** Gives the files back. */
  @Override
  public void close() {
    table.waiting().remove(this);
    for (int i = 0; i < files.length; i++) {
      if (places[i] != null) {
        files[i].waitQueue().remove(places[i]);
      }
      if (files[i] != null) {
        files[i].put();
      }
    }
  }

  private OpenFile opened(int fd) {
    try {
      return fd < 0 ? null : table.get(fd);
    } catch (DmaBufException notOpen) {
      return null;
    }
  }

  private static int ask(OpenFile file, PollFd each) {
    if (each.fd() < 0) {
      return 0;
    }
    if (file == null) {
      return PollEvents.POLLNVAL;
    }
    return file.poll(each.events()) & PollEvents.reported(each.events());
  }

  private void addPlaces() {
    for (int i = 0; i < files.length; i++) {
      if (files[i] != null && files[i].isPollable()) {
        places[i] = new WaitQueue.Place(this, asked.get(i).events());
        files[i].waitQueue().add(places[i]);
      }
    }
  }

  private void timeIsUp() {
    wake();
  }

  private synchronized void wake() {
    if (state == State.ASKING) {
      state = State.WOKEN;
      notifyAll();
    }
  }

  /** Returns whether it was woken to ask again, else it has ended. */
  private synchronized boolean sleep() {
    try {
      while (state == State.ASKING) {
        wait();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new DmaBufException(Errno.EINTR, "Interrupted in a poll of " + describe());
    }
    if (state == State.ENDED) {
      return false;
    }
    state = State.ASKING;
    return true;
  }

  private int goneWithTheTable() {
    int found = 0;
    for (PollFd each : asked) {
      each.found(each.fd() < 0 ? 0 : PollEvents.POLLNVAL);
      if (each.fd() >= 0) {
        found++;
      }
    }
    return found;
  }

  private String describe() {
    OpenFile first = files.length == 0 ? null : files[0];
    String name = first == null ? "no file" : first.describe();
    return files.length < 2 ? name : name + " and " + (files.length - 1) + " others";
  }
}
