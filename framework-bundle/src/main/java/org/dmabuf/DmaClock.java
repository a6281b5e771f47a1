package org.dmabuf;

import java.util.concurrent.CountDownLatch;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The one clock of the product: fences, timeouts, video and display take their time from it, so
 * that tests and replays can turn it by hand ({@link ManualClock}).
 *
 * <p>Kernel counterpart: {@code ktime_get()} (CLOCK_MONOTONIC) and {@code hrtimer}.
 *
 * <p>Thread-safe; no method calls a task on the caller's thread except {@link ManualClock}'s, which
 * says so.
 */
@ProviderType
public interface DmaClock {

  /** Returns the monotonic time in nanoseconds; only differences mean anything. */
  long nanos();

  /**
   * Runs a task once when the clock has reached a time, on a thread of the clock. The task must be
   * short: all tasks share that thread.
   *
   * @param atNanos the time on this clock; one that has passed means at once
   * @param task what to run, never null
   * @return the handle to cancel it with, never null
   */
  Timer schedule(long atNanos, Runnable task);

  /**
   * Waits until the clock has reached a time.
   *
   * @param atNanos the time on this clock
   * @throws InterruptedException when the calling thread is interrupted meanwhile
   */
  default void sleepUntil(long atNanos) throws InterruptedException {
    if (atNanos - nanos() <= 0) {
      return;
    }
    CountDownLatch reached = new CountDownLatch(1);
    Timer timer = schedule(atNanos, reached::countDown);
    try {
      reached.await();
    } finally {
      timer.cancel();
    }
  }

  /**
   * Waits until the clock has reached a time, unless others end the wait before.
   *
   * @param ended what others open to end it; this opens it, too, when the time has come; never null
   * @param atNanos the time on this clock
   * @throws InterruptedException when the calling thread is interrupted meanwhile
   */
  default void sleepUntil(long atNanos, CountDownLatch ended) throws InterruptedException {
    Timer timer = schedule(atNanos, ended::countDown);
    try {
      ended.await();
    } finally {
      timer.cancel();
    }
  }

  /** A task that waits for its time. */
  @ProviderType
  interface Timer {
    /** Takes the task back; without effect once it has begun. Never blocks. */
    void cancel();
  }
}
