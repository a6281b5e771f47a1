package org.dmabuf.pipeline.internal;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.dmabuf.DmaClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How devices and services wake the pipeline's thread. Ringing never blocks for long and never
 * calls out, so it may be done from any thread.
 *
 * <pre>
 *   QUIET --ring()--> RUNG --awaitUntil() returns--> QUIET
 * </pre>
 */
final class Doorbell {
  private enum State {
    QUIET,
    RUNG
  }

  private static final Logger LOG = LoggerFactory.getLogger(Doorbell.class);

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

  /**
   * Waits until it is rung, at most until a time of the clock. An interrupt ends the wait as a ring
   * does, and is forgotten: it may be of a driver that was called, or of the framework, which had a
   * call end that hung; and what comes next must not fail for it.
   */
  void awaitUntil(long deadlineNanos) {
    if (take()) {
      return;
    }
    DmaClock.Timer timer = clock.schedule(deadlineNanos, this::ring);
    lock.lock();
    try {
      while (state == State.QUIET) {
        changed.await();
      }
    } catch (InterruptedException forgotten) {
      LOG.debug("An interrupt has ended a wait for the bell");
    } finally {
      state = State.QUIET;
      lock.unlock();
      timer.cancel();
    }
  }

  private boolean take() {
    Thread.interrupted();
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
