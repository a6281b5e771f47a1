package org.dmabuf;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A clock that stands still until it is turned by hand, for tests and replays.
 *
 * <p>Thread-safe. Tasks run on the thread that turns the clock, in the order of their times, each
 * seeing its own time on the clock.
 */
public final class ManualClock implements DmaClock {
  private record Entry(long at, long order, Runnable task) {}

  private final List<Entry> waiting = new ArrayList<>();
  private long now;
  private long orders;

  /** Makes a clock that shows 1 second. */
  public ManualClock() {
    now = 1_000_000_000L;
  }

  @Override
  public synchronized long nanos() {
    return now;
  }

  @Override
  public Timer schedule(long atNanos, Runnable task) {
    Entry entry;
    synchronized (this) {
      if (atNanos - now > 0) {
        entry = new Entry(atNanos, orders++, task);
        waiting.add(entry);
        notifyAll();
        return () -> remove(entry);
      }
    }
    task.run();
    return () -> {};
  }

  /**
   * Turns the clock forward and runs what comes due on the way.
   *
   * @param nanos how far, in nanoseconds, 0 or more
   * @throws DmaBufException EINVAL for a negative distance
   */
  public void advance(long nanos) {
    if (nanos < 0) {
      throw new DmaBufException(
          Errno.EINVAL, "A clock was to be turned by " + nanos + " ns; only forward, 0 or more");
    }
    long target;
    synchronized (this) {
      target = now + nanos;
    }
    for (Entry due = next(target); due != null; due = next(target)) {
      due.task().run();
    }
    synchronized (this) {
      now = target;
    }
  }

  /**
   * Waits until at least so many tasks wait on this clock, so that a test can turn it knowing that
   * the code under test has come to its wait.
   *
   * @param count how many, 1 or more
   * @throws InterruptedException when interrupted meanwhile
   */
  public synchronized void awaitScheduled(int count) throws InterruptedException {
    while (waiting.size() < count) {
      wait();
    }
  }

  private synchronized void remove(Entry entry) {
    waiting.remove(entry);
  }

  private synchronized Entry next(long target) {
    Entry first =
        waiting.stream()
            .filter(entry -> entry.at() - target <= 0)
            .min(Comparator.comparingLong(Entry::at).thenComparingLong(Entry::order))
            .orElse(null);
    if (first != null) {
      waiting.remove(first);
      now = first.at();
    }
    return first;
  }
}
