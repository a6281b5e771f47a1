package org.dmabuf.seam;

import java.util.ServiceLoader;
import java.util.concurrent.locks.LockSupport;

/**
 * Where threads meet: {@link #step()} stands before each read, write and compare-and-set of what
 * they share, and they park and are unparked only here. A method that compares and sets without a
 * step before does not build ({@code architecture}).
 *
 * <pre>
 *   product   step: nothing                     park, unpark: {@link LockSupport}
 *   test      step: another task may run now    park, unpark: the test's {@link Schedule}
 *   spin      both: after a step of another thread
 * </pre>
 *
 * <p>Whether there is a schedule is a constant to the compiler, so that in a product a step is no
 * code at all.
 */
public final class Seam {
  private static final Schedule SCHEDULE =
      ServiceLoader.load(Schedule.class, Schedule.class.getClassLoader()).findFirst().orElse(null);
  private static final int SPINS = 100;

  private Seam() {}

  /** Stands before an access to what threads share. */
  public static void step() {
    if (SCHEDULE != null) {
      SCHEDULE.step();
    }
  }

  /**
   * Stands in a loop that waits for a few instructions of another thread.
   *
   * @param spins how often it has stood there before, 0 or more
   */
  @SuppressWarnings("ThreadPriorityCheck") // a thread that runs is awaited
  public static void spin(int spins) {
    if (SCHEDULE != null) {
      SCHEDULE.spin();
    } else if (spins < SPINS) {
      Thread.onSpinWait();
    } else {
      // That thread has lost its processor between two instructions.
      Thread.yield();
    }
  }

  /** Returns whether a test says who runs next: then spinning would only make its runs longer. */
  public static boolean isScheduled() {
    return SCHEDULE != null;
  }

  /**
   * Parks the calling thread until it is unparked or interrupted, or for no reason.
   *
   * @param blocker what it waits for, as thread dumps show it; never null
   */
  public static void park(Object blocker) {
    if (SCHEDULE == null) {
      LockSupport.park(blocker);
    } else {
      SCHEDULE.park(blocker, Long.MAX_VALUE);
    }
  }

  /**
   * As {@link #park}, and at most for a time of the machine's clock.
   *
   * @param blocker what it waits for, as thread dumps show it; never null
   * @param nanos how long, more than 0
   */
  public static void parkNanos(Object blocker, long nanos) {
    if (SCHEDULE == null) {
      LockSupport.parkNanos(blocker, nanos);
    } else {
      SCHEDULE.park(blocker, nanos);
    }
  }

  /**
   * Wakes a thread from its park, or lets its next park return at once.
   *
   * @param thread which, never null
   */
  public static void unpark(Thread thread) {
    if (SCHEDULE == null) {
      LockSupport.unpark(thread);
    } else {
      SCHEDULE.unpark(thread);
    }
  }
}
