package org.dmabuf.benchmarks;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A device's thread, virtual where the program's is: it works while there is something to do, and
 * waits for its bell else.
 */
final class Worker {
  /** What one thread waits for and others ring. */
  static final class Bell {
    private volatile boolean rung;
    private volatile Thread waiting;

    /** Says that there may be something; by any thread. */
    void ring() {
      rung = true;
      Thread waiter = waiting;
      if (waiter != null) {
        LockSupport.unpark(waiter);
      }
    }

    /** Returns when it was rung since it last returned; by one thread at a time. */
    void await() {
      waiting = Thread.currentThread();
      while (!rung) {
        LockSupport.park(this);
      }
      waiting = null;
      rung = false;
    }
  }

  private final String name;
  private final Bell bell = new Bell();
  private volatile boolean closed;
  private Thread thread;

  Worker(String name) {
    this.name = name;
  }

  void ring() {
    bell.ring();
  }

  /**
   * Starts it.
   *
   * @param first what it does first
   * @param step what it does again and again; false when there was nothing to do
   */
  void start(Runnable first, BooleanSupplier step) {
    Thread.Builder kind =
        Thread.currentThread().isVirtual() ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
    thread =
        kind.name(name)
            .start(
                () -> {
                  first.run();
                  while (!closed) {
                    if (!step.getAsBoolean()) {
                      bell.await();
                    }
                  }
                });
  }

  /** Ends it. */
  void close() throws InterruptedException {
    closed = true;
    bell.ring();
    thread.join();
  }
}
