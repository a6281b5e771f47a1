package org.dmabuf;

import java.util.concurrent.atomic.AtomicLong;
import org.dmabuf.seam.Seam;

/**
 * Counts the calls that are inside a driver, and lets none in once it is closed.
 *
 * <pre>
 *   state = CLOSED bit | number of calls inside
 *   OPEN --close--> CLOSED, calls inside --last leaves--> CLOSED, empty
 * </pre>
 */
final class CallGate {
  private static final long CLOSED = 1L << 62;

  private final AtomicLong state = new AtomicLong();
  // How many of the calls inside are this thread's own: a close from within does not wait for them.
  private final ThreadLocal<int[]> mine = ThreadLocal.withInitial(() -> new int[1]);
  private volatile Thread waiter;

  /** Enters; false when the gate is closed. */
  boolean enter() {
    long now = state.get();
    while ((now & CLOSED) == 0) {
      Seam.step();
      if (state.compareAndSet(now, now + 1)) {
        mine.get()[0]++;
        return true;
      }
      now = state.get();
    }
    return false;
  }

  void exit() {
    mine.get()[0]--;
    Seam.step();
    if ((state.decrementAndGet() & CLOSED) != 0) {
      Thread waiting = waiter; // null once it waits no longer
      if (waiting != null) {
        Seam.unpark(waiting);
      }
    }
  }

  /** Returns whether the calling thread is inside. */
  boolean isInside() {
    return mine.get()[0] > 0;
  }

  /**
   * Closes and waits until no call of another thread is inside; returns whether that was so in
   * time.
   */
  boolean closeAndDrain(DmaClock clock, long timeoutNanos) {
    Thread me = Thread.currentThread();
    long empty = CLOSED | mine.get()[0];
    Seam.step();
    waiter = me;
    Seam.step();
    state.updateAndGet(now -> now | CLOSED);
    if (state.get() == empty) {
      return true;
    }
    long deadline = clock.nanos() + timeoutNanos;
    DmaClock.Timer timer = clock.schedule(deadline, () -> Seam.unpark(me));
    boolean interrupted = false;
    try {
      while (state.get() != empty && deadline - clock.nanos() > 0) {
        Seam.park(this);
        interrupted |= Thread.interrupted();
      }
      return state.get() == empty;
    } finally {
      timer.cancel();
      waiter = null;
      if (interrupted) {
        me.interrupt();
      }
    }
  }
}
