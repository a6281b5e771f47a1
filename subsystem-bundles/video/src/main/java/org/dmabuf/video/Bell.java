package org.dmabuf.video;

import org.dmabuf.DmaClock;

/**
 * What a stream's thread waits for other than buffers: a time, or that its driver is ready.
 *
 * <p>Thread-safe.
 */
final class Bell {
  private final DmaClock clock;
  private long kicks;

  Bell(DmaClock clock) {
    this.clock = clock;
  }

  /** Says that the driver may be ready. */
  synchronized void kick() {
    kicks++;
    notifyAll();
  }

  /** Returns how often it was said; to be asked before the driver is. */
  synchronized long kicks() {
    return kicks;
  }

  /** Lets those that wait look again at the clock, and whether they are to stop. */
  synchronized void ring() {
    notifyAll();
  }

  /** Waits until the clock has come to a time, or the stream is to stop. */
  void awaitTime(CaptureStream by, long at) throws InterruptedException {
    await(by, at, -1);
  }

  /** As {@link #awaitTime}, but ends with the first kick after {@code seen}, too. */
  void awaitKick(CaptureStream by, long until, long seen) throws InterruptedException {
    await(by, until, seen);
  }

  private void await(CaptureStream by, long until, long seen) throws InterruptedException {
    if (until - clock.nanos() <= 0) {
      return;
    }
    DmaClock.Timer timer = clock.schedule(until, this::ring);
    try {
      synchronized (this) {
        while (!by.isStopping() && (seen < 0 || kicks == seen) && until - clock.nanos() > 0) {
          wait();
        }
      }
    } finally {
      timer.cancel();
    }
  }
}
