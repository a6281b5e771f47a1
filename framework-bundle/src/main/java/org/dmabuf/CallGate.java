package org.dmabuf;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

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
  private volatile Thread waiter;

  /** Enters; false when the gate is closed. */
  boolean enter() {
    long now = state.get();
    while ((now & CLOSED) == 0) {
      if (state.compareAndSet(now, now + 1)) {
        return true;
      }
      now = state.get();
    }
    return false;
  }

  void exit() {
    if (state.decrementAndGet() == CLOSED) {
      LockSupport.unpark(waiter);
    }
  }

  /** Closes and waits until no call is inside; returns whether that was so in time. */
  boolean closeAndDrain(DmaClock clock, long timeoutNanos) {
    Thread me = Thread.currentThread();
    waiter = me;
    state.updateAndGet(now -> now | CLOSED);
    long deadline = clock.nanos() + timeoutNanos;
    DmaClock.Timer timer = clock.schedule(deadline, () -> LockSupport.unpark(me));
    boolean interrupted = false;
    try {
      while (state.get() != CLOSED && deadline - clock.nanos() > 0) {
        LockSupport.park(this);
        interrupted |= Thread.interrupted();
      }
      return state.get() == CLOSED;
    } finally {
      timer.cancel();
      waiter = null;
      if (interrupted) {
        me.interrupt();
      }
    }
  }
}
