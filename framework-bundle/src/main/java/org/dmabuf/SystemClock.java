package org.dmabuf;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@link System#nanoTime()} with one timer thread, which ends with the framework bundle. */
final class SystemClock implements DmaClock, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SystemClock.class);

  private final ScheduledThreadPoolExecutor timers;

  SystemClock() {
    timers =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              // Made by whoever schedules first: nothing of that bundle may stay with the thread.
              Thread thread =
                  Thread.ofPlatform()
                      .name("dmabuf-clock")
                      .daemon(true)
                      .inheritInheritableThreadLocals(false)
                      .unstarted(task);
              thread.setContextClassLoader(SystemClock.class.getClassLoader());
              return thread;
            });
    timers.setRemoveOnCancelPolicy(true);
    // From the start, so that whoever first uses the clock does not seem to have left a thread.
    timers.prestartCoreThread();
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public Timer schedule(long atNanos, Runnable task) {
    Future<?> future =
        timers.schedule(
            () -> {
              try {
                task.run();
              } catch (RuntimeException | LinkageError failure) {
                // One task's failure must not take the timer thread, which all share, with it.
                LOG.error("A task of the clock failed: {}", failure, failure);
              }
            },
            Math.max(0, atNanos - nanos()),
            TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }

  /** Also on the thread of the timers, which no timer could wake. */
  @Override
  @SuppressWarnings("ReturnValueIgnored") // the time is up, or somebody ended it
  public void sleepUntil(long atNanos, CountDownLatch ended) throws InterruptedException {
    ended.await(Math.max(0, atNanos - nanos()), TimeUnit.NANOSECONDS);
  }

  @Override
  public void close() {
    timers.shutdownNow();
  }
}
