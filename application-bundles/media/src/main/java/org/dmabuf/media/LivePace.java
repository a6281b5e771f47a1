package org.dmabuf.media;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.dmabuf.DmaClock;

/**
 * When the frames of a live source are there: frame i is, from the moment of the first read on, i
 * periods later and for one period.
 *
 * <p>Used by one thread at a time.
 */
final class LivePace {
  /** How soon a source that is closed is noticed by one who waits for its next frame. */
  private static final long LONGEST_PAUSE = TimeUnit.MILLISECONDS.toNanos(50);

  private final double period;
  private final DmaClock clock;
  private boolean started;
  private long start;

  LivePace(int rateNumerator, int rateDenominator, DmaClock clock) {
    this.period = 1e9 * rateDenominator / rateNumerator;
    this.clock = clock;
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
      start = clock.nanos() - (long) (index * period);
    }
    while (!closed.getAsBoolean()) {
      long elapsed = clock.nanos() - start;
      long due = (long) (elapsed / period);
      if (due >= index) {
        return due;
      }
      long left = (long) (index * period) - elapsed;
      clock.sleepUntil(start + elapsed + Math.clamp(left, 1, LONGEST_PAUSE));
    }
    return index;
  }
}
