package org.dmabuf;

import java.util.concurrent.Executor;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The threads of one client, which end with it: a driver that has no others leaves none behind.
 *
 * <pre>
 *   OPEN --bundle stopped--> ENDING   queued work dropped, timers taken back, threads interrupted
 *                              +----> ENDED    all have ended, or those that did not are named in the log
 * </pre>
 *
 * <p>They are daemons, have no context class loader and inherit nothing of who starts them. What a
 * body throws is logged, as text. Thread-safe. Kernel counterpart: {@code kthread_run()}, {@code
 * alloc_ordered_workqueue()}, {@code devm_} functions.
 */
@ProviderType
public interface DriverThreads {
  /**
   * Starts a thread.
   *
   * @param name as lists of threads show it, after the client's, never null
   * @param body what it runs; it ends when it is interrupted; never null
   * @return the thread, never null
   * @throws DmaBufException ENODEV when this bundle leaves
   */
  Thread start(String name, Runnable body);

  /**
   * Makes a queue of work that is done in order, one at a time, by one thread.
   *
   * @param name its thread's, never null
   * @return the queue, never null
   * @throws DmaBufException ENODEV when this bundle leaves
   */
  WorkQueue queue(String name);

  /**
   * Does work once when the product's clock has reached a time, on a thread of this client's, which
   * all its timers share: unlike those of the clock itself it may take its time.
   *
   * @param atNanos the time; one that has passed means at once
   * @param task the work, never null
   * @return the handle to cancel it with, never null
   * @throws DmaBufException ENODEV when this bundle leaves
   */
  DmaClock.Timer at(long atNanos, Runnable task);

  /** Work that is done in order. Thread-safe. */
  @ProviderType
  interface WorkQueue extends Executor, AutoCloseable {
    /**
     * Adds work.
     *
     * @throws DmaBufException ENODEV when the queue is closed or its bundle leaves
     */
    @Override
    void execute(Runnable work);

    /** Does what is queued, then ends the thread; does not wait for it. Idempotent. */
    @Override
    void close();
  }
}
