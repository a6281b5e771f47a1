package org.dmabuf.media;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * When the frames of a live source are there: frame i is, from the moment of the first read on, i
 * periods later and for one period.
 *
 * <p>Used by one thread at a time.
 */
final class LivePace {
  /** The time, as {@link System#nanoTime} counts it, and waiting for it: tests turn it by hand. */
  interface Ticker {
    long nanoTime();

    /** Waits for about that long; may return earlier. */
    void pause(long nanos) throws InterruptedException;
  }

  /** The time of the machine. */
  static final Ticker SYSTEM =
      new Ticker() {
        @Override
        public long nanoTime() {
          return System.nanoTime();
        }

        @Override
        public void pause(long nanos) throws InterruptedException {
          TimeUnit.NANOSECONDS.sleep(nanos);
        }
      };

  /** How soon a source that is closed is noticed by one who waits for its next frame. */
  private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

  private final double period;
  private final Ticker ticker;
  private boolean started;
  private long start;

  LivePace(int rateNumerator, int rateDenominator, Ticker ticker) {
    this.period = 1e9 * rateDenominator / rateNumerator;
    this.ticker = ticker;
  }

  /**
   * Waits for a frame.
   *
   * @param index the frame that is wanted
   * @param closed whether to wait no longer
   * @return that index, or the one that is there now when the frame wanted is over
   */
  long await(long index, BooleanSupplier closed) throws InterruptedException {
    if (!started) {
      started = true;
      start = ticker.nanoTime() - (long) (index * period);
    }
    while (!closed.getAsBoolean()) {
      long elapsed = ticker.nanoTime() - start;
      long due = (long) (elapsed / period);
      if (due >= index) {
        return due;
      }
      long left = (long) (index * period) - elapsed;
      ticker.pause(Math.clamp(left, 1, LONGEST_PAUSE));
    }
    return index;
  }
}
