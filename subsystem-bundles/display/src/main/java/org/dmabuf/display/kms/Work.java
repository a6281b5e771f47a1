package org.dmabuf.display.kms;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
 * <p>The thread is there while there is work, and for a second after. Thread-safe. Kernel
 * counterpart: {@code system_unbound_wq} and vkms's {@code composer_workq}.
 */
final class Work implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Work.class);

  private final String device;
  private final AtomicInteger waiting = new AtomicInteger();
  private final ThreadPoolExecutor executor;
  private volatile Thread thread;

  /** Makes one whose thread is called by a name. */
  Work(String device) {
    this.device = device;
    this.executor =
        new ThreadPoolExecutor(
            1,
            1,
            1,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            this::thread,
            (step, closed) -> step.run());
    executor.allowCoreThreadTimeOut(true);
  }

  /** Does something later. */
  void later(Runnable step) {
    waiting.incrementAndGet();
    executor.execute(() -> guarded(step));
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
    executor.execute(done::countDown);
    try {
      return done.await(millis, TimeUnit.MILLISECONDS);
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
    executor.shutdown();
  }

  private Thread thread(Runnable body) {
    Thread made = new Thread(body, "dmabuf-" + device);
    made.setDaemon(true);
    // What a thread inherits here is its starter's, whose classes it must not keep.
    made.setContextClassLoader(Work.class.getClassLoader());
    thread = made;
    return made;
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
