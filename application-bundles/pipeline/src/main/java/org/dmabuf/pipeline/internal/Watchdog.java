package org.dmabuf.pipeline.internal;

import java.util.Optional;

/**
 * For what the pipeline waits, and since when; so that every wait is bounded and says for whom it
 * is.
 *
 * <pre>
 *   QUIET --on(what)--> WAITING since t --on(same)--> ... --bound reached--> overdue
 *                               --on(other), quiet()--> begins anew
 * </pre>
 */
final class Watchdog {
  private Optional<String> what = Optional.empty();
  private long since;

  /** Names what is waited for; the time runs on while it is the same. */
  void on(String now, long timeNanos) {
    if (what.isEmpty() || !what.get().equals(now)) {
      what = Optional.of(now);
      since = timeNanos;
    }
  }

  /** Something moved: nothing is waited for. */
  void quiet() {
    what = Optional.empty();
  }

  boolean isOverdue(long boundNanos, long timeNanos) {
    return what.isPresent() && timeNanos - since >= boundNanos;
  }
}
