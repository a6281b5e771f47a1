package org.dmabuf;

/**
 * Interrupts a thread at a time, unless what it does is over by then.
 *
 * <pre>
 *   SET --deadline--> RUNG   the thread is interrupted, once
 *    +----end()-----> OVER   it never rings again
 * </pre>
 *
 * <p>Thread-safe; set and ended by the thread that it may interrupt.
 */
final class Alarm {
  private enum State {
    SET,
    RUNG,
    OVER
  }

  private final Thread thread = Thread.currentThread();
  private final DmaClock.Timer timer;
  private State state = State.SET;

  private Alarm(DmaClock clock, long deadline) {
    this.timer = clock.schedule(deadline, this::ring);
  }

  /** Sets one for this thread, at a time of the product's clock. */
  static Alarm at(DmaClock clock, long deadline) {
    return new Alarm(clock, deadline);
  }

  /** Ends it; returns whether it has rung, and then takes the interrupt back. */
  boolean end() {
    timer.cancel();
    boolean rung;
    synchronized (this) {
      rung = state == State.RUNG;
      state = State.OVER;
    }
    return rung && Thread.interrupted();
  }

  private synchronized void ring() {
    if (state == State.SET) {
      state = State.RUNG;
      thread.interrupt();
    }
  }
}
