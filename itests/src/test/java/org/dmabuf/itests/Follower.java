package org.dmabuf.itests;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.dmabuf.pipeline.PipelineListener;
import org.dmabuf.pipeline.PipelineStatus;

/** Follows a pipeline, and lets a test wait for what it tells. Thread-safe. */
final class Follower implements PipelineListener {
  private static final long BOUND_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final List<PipelineStatus> history = new ArrayList<>();
  private long displayed;

  @Override
  public synchronized void displayed(long count, long timeNanos) {
    displayed = Math.max(displayed, count);
    notifyAll();
  }

  @Override
  public synchronized void changed(PipelineStatus status) {
    history.add(status);
    notifyAll();
  }

  /** Waits until so many frames have been displayed. */
  synchronized void awaitDisplayed(long frames) {
    await(() -> displayed >= frames || isOver(), frames + " frames displayed");
  }

  /** Waits for the pipeline's end; returns how it ended. */
  synchronized PipelineStatus awaitOver() {
    await(this::isOver, "the end");
    return history.getLast();
  }

  /** Waits until a status has been told. */
  synchronized void awaitStatus(String what, Predicate<PipelineStatus> wanted) {
    await(() -> history.stream().anyMatch(wanted), what);
  }

  /** Waits until the last status is one that is wanted. */
  synchronized void awaitNow(String what, Predicate<PipelineStatus> wanted) {
    await(() -> !history.isEmpty() && wanted.test(history.getLast()), what);
  }

  private boolean isOver() {
    return !history.isEmpty() && history.getLast().isOver();
  }

  private void await(BooleanSupplier condition, String what) {
    long deadline = System.nanoTime() + BOUND_NANOS;
    while (!condition.getAsBoolean()) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        throw new AssertionError(
            "Within 20 s there was not " + what + "; displayed " + displayed + ", " + history);
      }
      try {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } catch (InterruptedException stopped) {
        throw new AssertionError("The test was interrupted", stopped);
      }
    }
  }
}
