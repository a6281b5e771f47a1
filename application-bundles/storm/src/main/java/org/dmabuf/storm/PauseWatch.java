package org.dmabuf.storm;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.dmabuf.DmaClock;
import org.dmabuf.pipeline.PipelineListener;
import org.dmabuf.pipeline.PipelineStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows a pipeline: how many frames it has shown, and how long its screen stood still when a
 * driver of it was replaced that had a substitute.
 *
 * <pre>
 *   flips    | | | |        | | | | |
 *   action        begin  done     until frames of the substitute have come
 *   pause         &lt;--------------&gt;  the longest gap; it is counted at the end, or when the next
 *                                   action on the pipeline begins
 * </pre>
 *
 * <p>Thread-safe.
 */
final class PauseWatch implements PipelineListener {
  private enum State {
    IDLE,
    ACTING,
    SETTLING
  }

  private static final Logger LOG = LoggerFactory.getLogger(PauseWatch.class);
  private static final double NANOS_A_MILLI = 1e6;

  private final String pipeline;
  private final DmaClock clock;
  private final Pauses pauses;
  private final int buffers;
  private PipelineStatus status = new PipelineStatus(PipelineStatus.State.WAITING, "");
  private State state = State.IDLE;
  private long displayed;
  private long lastFlip;
  private long untilFrame; // while SETTLING
  private long longestGap; // unless IDLE
  private String action = ""; // unless IDLE

  /**
   * Makes one.
   *
   * @param buffers how many frames may still be of the predecessor when an action is done
   */
  PauseWatch(String pipeline, DmaClock clock, Pauses pauses, int buffers) {
    this.pipeline = pipeline;
    this.clock = clock;
    this.pauses = pauses;
    this.buffers = buffers;
    this.lastFlip = clock.nanos();
  }

  @Override
  public synchronized void displayed(long count, long timeNanos) {
    displayed = Math.max(displayed, count);
    longestGap = Math.max(longestGap, timeNanos - lastFlip);
    lastFlip = timeNanos;
    if (state == State.SETTLING && count >= untilFrame) {
      end();
    }
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

  synchronized long frames() {
    return displayed;
  }

  /**
   * An action on the pipeline begins.
   *
   * @param what the action, as the log shows it
   * @param substitute whether there is one, so that its pause counts
   */
  synchronized void begin(String what, boolean substitute) {
    if (state != State.IDLE) {
      longestGap = Math.max(longestGap, clock.nanos() - lastFlip);
      end();
    }
    state = substitute ? State.ACTING : State.IDLE;
    longestGap = 0;
    action = what;
  }

  /** It is done. */
  synchronized void done() {
    if (state == State.ACTING) {
      state = State.SETTLING;
      untilFrame = displayed + buffers + 1;
    }
  }

  /** Waits for the first frame on the screen; returns whether it came in time. */
  boolean awaitFrame(long nanos) throws InterruptedException {
    return await(() -> displayed > 0, nanos);
  }

  /** Waits for the pipeline's end; returns whether it came in time. */
  boolean awaitOver(long nanos) throws InterruptedException {
    return await(() -> status.isOver(), nanos);
  }

  private synchronized boolean await(BooleanSupplier so, long nanos) throws InterruptedException {
    long deadline = clock.nanos() + nanos;
    while (!so.getAsBoolean()) {
      long left = deadline - clock.nanos();
      if (left <= 0) {
        return false;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    return true;
  }

  private void end() {
    pauses.add(longestGap);
    LOG.info("{} stood still for {} ms at {}", pipeline, longestGap / NANOS_A_MILLI, action);
    state = State.IDLE;
  }
}
