package org.dmabuf.storm;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How long pipelines stood still, counted by tenths of a millisecond up to 20 s, so that a storm of
 * any length needs the same memory. Thread-safe.
 */
final class Pauses {
  private static final long STEP_NANOS = 100_000;
  private static final int STEPS = 200_000;
  private static final double STEPS_PER_MILLI = 10;

  private final long[] counts = new long[STEPS];
  private long all;
  private long maxNanos;

  /** Counts a pause; one that is longer than 20 s counts as that, but for the longest. */
  synchronized void add(long nanos) {
    counts[(int) Math.min(STEPS - 1, Math.max(0, nanos) / STEP_NANOS)]++;
    all++;
    maxNanos = Math.max(maxNanos, nanos);
  }

  /** Returns how many pauses there were. */
  synchronized long count() {
    return all;
  }

  /** Returns what so many percent of the pauses did not exceed, in ms; 0 when there was none. */
  synchronized double percentile(double percent) {
    long rank = Math.max(1, (long) Math.ceil(all * percent / 100));
    long seen = 0;
    for (int step = 0; step < STEPS && all > 0; step++) {
      seen += counts[step];
      if (seen >= rank) {
        return Math.min((step + 1) / STEPS_PER_MILLI, maxMillis());
      }
    }
    return 0;
  }

  /** Returns the longest one, in ms. */
  synchronized double maxMillis() {
    return maxNanos / 1e6;
  }

  /** Returns them for the report. */
  Map<String, Object> asMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("p50", percentile(50));
    map.put("p99", percentile(99));
    map.put("max", Math.round(maxMillis() * STEPS_PER_MILLI) / STEPS_PER_MILLI);
    return map;
  }
}
