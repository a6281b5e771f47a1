package org.dmabuf.seam;

/**
 * What a test puts in the place of the processor's choice of who runs next. A product has none.
 *
 * <p>Found by {@link java.util.ServiceLoader} beside the framework's classes when the first of them
 * is used. Thread-safe; threads that it does not drive are to go on as they would without it.
 */
public interface Schedule {
  /** The calling thread is about to read or change what threads share; another may run first. */
  void step();

  /**
   * The calling thread can do nothing until another thread has taken a step, which it soon will.
   */
  void spin();

  /**
   * The calling thread has nothing to do until it is woken; it may return early, as any park may.
   *
   * @param blocker what it waits for, never null
   * @param nanos for how long at most; {@link Long#MAX_VALUE} for no limit
   */
  void park(Object blocker, long nanos);

  /**
   * Wakes a thread, now or at its next park. Must not run another thread before it returns: the
   * caller may hold a monitor.
   *
   * @param thread which, never null
   */
  void unpark(Thread thread);
}
