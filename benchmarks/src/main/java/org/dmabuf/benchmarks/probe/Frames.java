package org.dmabuf.benchmarks.probe;

import org.dmabuf.pipeline.PipelineListener;
import org.dmabuf.pipeline.PipelineStatus;

/** Follows the frames of a pipeline. Thread-safe. */
final class Frames implements PipelineListener {
  private long displayed;
  private long lastNanos;
  private long longest;
  private boolean over;
  private String status = "";

  @Override
  public synchronized void displayed(long count, long timeNanos) {
    longest = Math.max(longest, timeNanos - lastNanos);
    lastNanos = timeNanos;
    displayed = count;
    notifyAll();
  }

  @Override
  public synchronized void changed(PipelineStatus now) {
    over = now.isOver();
    status = now.toString();
    notifyAll();
  }

  /** The next gap is the longest one so far. */
  synchronized void beginPause() {
    longest = 0;
  }

  /** Returns the longest time without a frame since the pause began, in ns. */
  synchronized long longest() {
    return longest;
  }

  /** Waits for so many frames more. */
  synchronized void await(int more) throws InterruptedException {
    long frame = displayed + more;
    while (displayed < frame) {
      if (over) {
        throw new IllegalStateException("The pipeline is over: " + status);
      }
      wait();
    }
  }
}
