package org.dmabuf.pipeline.internal;

import java.util.Optional;

/**
 * For what the pipeline waits, and since when; so that every wait is bounded and says for whom it
 * is.
 */
final class Wait {
  private Optional<String> what = Optional.empty();
  private long since;

  /** Names what is waited for; the time runs on while it is the same. */
  void on(String now, long timeNanos) {
    if (what.isEmpty() || !what.get().equals(now)) {
      what = Optional.of(now);
      since = timeNanos;
    }
  }

  void over() {
    what = Optional.empty();
  }

  boolean isOver(long boundNanos, long timeNanos) {
    return what.isPresent() && timeNanos - since >= boundNanos;
  }

  Optional<String> what() {
    return what;
  }
}
