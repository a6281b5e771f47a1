package org.dmabuf.pipeline.internal;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.dmabuf.DmaClock;

/**
 * How devices and services wake the pipeline's thread. Ringing never blocks for long and never
 * calls out, so it may be done from any thread.
 *
 * <pre>
 *   QUIET --ring()--> RUNG --await() returns--> QUIET
 * </pre>
 */
final class Doorbell {
  private enum State {
    QUIET,
    RUNG
  }

  private final DmaClock clock;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private State state = State.QUIET;

  Doorbell(DmaClock clock) {
    this.clock = clock;
  }

  void ring() {
    lock.lock();
    try {
      state = State.RUNG;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Waits until it is rung, at most until a time of the clock. */
  void awaitUntil(long deadlineNanos) throws InterruptedException {
    if (take()) {
      return;
    }
    DmaClock.Timer timer = clock.schedule(deadlineNanos, this::ring);
    lock.lockInterruptibly();
    try {
      while (state == State.QUIET) {
        changed.await();
      }
      state = State.QUIET;
    } finally {
      lock.unlock();
      timer.cancel();
    }
  }

  private boolean take() {
    lock.lock();
    try {
      boolean rung = state == State.RUNG;
      state = State.QUIET;
      return rung;
    } finally {
      lock.unlock();
    }
  }
}
