package org.dmabuf.media;

import org.dmabuf.DmaClock;

/** A clock that only goes on when somebody waits for it or a test turns it. */
final class WaitingClock implements DmaClock {
  private long now = 12_345;
  private long waited;

  void turn(long nanos) {
    now += nanos;
  }

  /** How long all who waited had to wait. */
  long waited() {
    return waited;
  }

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public Timer schedule(long atNanos, Runnable task) {
    throw new UnsupportedOperationException("No frame source has timers");
  }

  @Override
  public void sleepUntil(long atNanos) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    waited += Math.max(0, atNanos - now);
    now = Math.max(now, atNanos);
  }
}
