package org.dmabuf.benchmarks;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A device's thread: it works while there is something to do, and waits for its bell else. */
final class Worker {
  /** What one thread waits for and others ring. */
  static final class Bell {
    /** About as long as a park takes. */
    private static final int SPINS = 200;

    private volatile Thread waiting;

    /** Says that there may be something; by any thread. */
    void ring() {
      Thread waiter = waiting;
      if (waiter != null) {
        LockSupport.unpark(waiter);
      }
    }

    /** Returns when there is something; by one thread at a time. */
    void await(BooleanSupplier something) {
      for (int i = 0; i < SPINS; i++) {
        if (something.getAsBoolean()) {
          return;
        }
        Thread.onSpinWait();
      }
      waiting = Thread.currentThread();
      while (!something.getAsBoolean()) {
        LockSupport.park(this);
      }
      waiting = null;
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
    thread =
        Thread.ofPlatform()
            .name(name)
            .daemon()
            .start(
                () -> {
                  first.run();
                  while (!closed) {
                    bell.await(() -> closed || step.getAsBoolean());
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
