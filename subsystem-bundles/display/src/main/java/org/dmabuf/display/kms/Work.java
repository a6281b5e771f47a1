package org.dmabuf.display.kms;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.DmaBufException;
import org.dmabuf.DriverThreads;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a display does later, in order, on a thread of its own: whatever may wait for a reservation,
 * or takes long. So the clock's thread and who signals a fence never do.
 *
 * <pre>
 *   OPEN --close()--> CLOSED (what was given is still done; what comes is done by who gives it)
 * </pre>
 *
 * <p>The thread is its driver's, from the framework, so it ends with its bundle at the latest; it
 * is there while there is work, and for a moment after. Thread-safe. Kernel counterpart: {@code
 * system_unbound_wq} and vkms's {@code composer_workq}.
 */
final class Work implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Work.class);

  private final String device;
  private final AtomicInteger waiting = new AtomicInteger();
  private final DriverThreads.WorkQueue queue;
  private volatile Thread thread; // that does some of it now; null when none does

  /**
   * Makes one whose thread is called by a name.
   *
   * @throws DmaBufException ENODEV when the driver's bundle leaves
   */
  Work(String device, DriverThreads threads) {
    this.device = device;
    this.queue = threads.queue("dmabuf-" + device);
  }

  /** Does something later. */
  void later(Runnable step) {
    waiting.incrementAndGet();
    try {
      queue.execute(() -> onThread(step));
    } catch (DmaBufException closed) {
      guarded(step);
    }
  }

  /**
   * Waits until all that was given before is done, at most for a real time; false when not. Who is
   * that work itself does not wait.
   */
  boolean drain(long millis) {
    if (waiting.get() == 0 || Thread.currentThread() == thread) {
      return true;
    }
    CountDownLatch done = new CountDownLatch(1);
    try {
      queue.execute(done::countDown);
      return done.await(millis, TimeUnit.MILLISECONDS);
    } catch (DmaBufException closed) {
      return true;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Last resort against work that does not come back: interrupts it; returns where it is. */
  StackTraceElement[] interrupt() {
    Thread hung = thread;
    if (hung == null) {
      return new StackTraceElement[0];
    }
    StackTraceElement[] stack = hung.getStackTrace();
    hung.interrupt();
    return stack;
  }

  @Override
  public void close() {
    queue.close();
  }

  private void onThread(Runnable step) {
    thread = Thread.currentThread();
    try {
      guarded(step);
    } finally {
      thread = null;
    }
  }

  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (RuntimeException | Error failed) {
      LOG.error("Work of display {} failed: {}", device, failed, failed);
    } finally {
      waiting.decrementAndGet();
    }
  }
}
