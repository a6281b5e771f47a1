package org.dmabuf.gem;

import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Counts the calls that may be inside a driver, and lets none in once it leaves.
 *
 * <pre>
 *   OPEN --close()--> CLOSED (calls inside run to their end) --the last one--> empty
 * </pre>
 *
 * <p>One party is the driver's own, the others are the calls. Thread-safe.
 */
final class DriverGate {
  private final Phaser inside = new Phaser(1);
  private volatile boolean closed;

  /** Enters; false when it is closed. Who entered exits. */
  boolean enter() {
    if (closed || inside.register() < 0) {
      return false;
    }
    if (closed) {
      exit();
      return false;
    }
    return true;
  }

  void exit() {
    inside.arriveAndDeregister();
  }

  /**
   * Lets nobody in any more and waits until nobody is inside.
   *
   * @param millis how long at most, of real time: who is inside may be stuck in a driver
   * @return whether that came in time
   */
  boolean closeAndDrain(long millis) {
    closed = true;
    int phase = inside.arriveAndDeregister();
    try {
      if (phase >= 0) {
        inside.awaitAdvanceInterruptibly(phase, millis, TimeUnit.MILLISECONDS);
      }
      return true;
    } catch (TimeoutException late) {
      return false;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
