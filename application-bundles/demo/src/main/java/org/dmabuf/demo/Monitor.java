package org.dmabuf.demo;

import java.util.concurrent.TimeUnit;
import org.dmabuf.DmaClock;
import org.dmabuf.pipeline.PipelineListener;
import org.dmabuf.pipeline.PipelineStatus;

/**
 * Follows a pipeline for the demo's thread: how many frames were displayed, and how long the screen
 * stood still around a swap.
 *
 * <pre>
 *   flips    | | | |        | | | |
 *   swap          begin   done
 *   pause         <---------->        the longest gap from begin until frames of the successor came
 * </pre>
 *
 * <p>Thread-safe.
 */
final class Monitor implements PipelineListener {
  private final DmaClock clock;
  private PipelineStatus status = new PipelineStatus(PipelineStatus.State.WAITING, "");
  private long displayed;
  private long lastFlip;
  private long longestGap;

  Monitor(DmaClock clock) {
    this.clock = clock;
    this.lastFlip = clock.nanos();
  }

  @Override
  public synchronized void displayed(long count, long timeNanos) {
    displayed = count;
    longestGap = Math.max(longestGap, timeNanos - lastFlip);
    lastFlip = timeNanos;
    notifyAll();
  }

  @Override
  public synchronized void changed(PipelineStatus next) {
    status = next;
    notifyAll();
  }

  synchronized PipelineStatus status() {
    return status;
  }

  synchronized long displayed() {
    return displayed;
  }

  /** Forgets gaps so far; the next one counts from the last flip. */
  synchronized void beginPause() {
    longestGap = 0;
  }

  /** Returns the longest gap since {@link #beginPause}, in ms. */
  synchronized double pauseMillis() {
    return longestGap / 1e6;
  }

  /**
   * Waits for a frame, for the pipeline's end or for a time, whichever comes first.
   *
   * @return whether the frame came or the pipeline is over
   */
  synchronized boolean await(long frame, long nanos) throws InterruptedException {
    long deadline = clock.nanos() + nanos;
    while (displayed < frame && !status.isOver()) {
      long left = deadline - clock.nanos();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }
}
