package org.dmabuf.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.dmabuf.DmaClock;
import org.dmabuf.pipeline.PipelineListener;
import org.dmabuf.pipeline.PipelineStatus;

/**
 * Follows a pipeline for the demo's thread: how many frames were displayed, and how long the screen
 * stood still around each swap.
 *
 * <pre>
 *   flips    | | | |        | | | | |
 *   swap          begin   done
 *   pause         <---------------->  the longest gap from begin until frames of the successor came
 * </pre>
 *
 * <p>Thread-safe.
 */
final class Monitor implements PipelineListener {
  /** The longest time without a new frame around one swap; guarded by its monitor. */
  final class Pause {
    private long untilFrame = Long.MAX_VALUE;
    private long longestGap;

    /** Ends the pause once so many frames were displayed. */
    void endAt(long frame) {
      synchronized (Monitor.this) {
        untilFrame = frame;
      }
    }

    /** Returns the longest gap, in ms. */
    double millis() {
      synchronized (Monitor.this) {
        return longestGap / 1e6;
      }
    }
  }

  private final DmaClock clock;
  private final List<Pause> pauses = new ArrayList<>();
  private PipelineStatus status = new PipelineStatus(PipelineStatus.State.WAITING, "");
  private long displayed;
  private long lastFlip;

  Monitor(DmaClock clock) {
    this.clock = clock;
    this.lastFlip = clock.nanos();
  }

  @Override
  public synchronized void displayed(long count, long timeNanos) {
    displayed = Math.max(displayed, count);
    for (Pause pause : pauses) {
      if (count <= pause.untilFrame) {
        pause.longestGap = Math.max(pause.longestGap, timeNanos - lastFlip);
      }
    }
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

  /** Begins a pause; its first gap counts from the last flip. */
  synchronized Pause beginPause() {
    Pause pause = new Pause();
    pauses.add(pause);
    return pause;
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
