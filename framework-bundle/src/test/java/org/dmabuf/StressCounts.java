package org.dmabuf;

import java.time.Duration;
import java.util.function.IntPredicate;

/**
 * How often a stress test goes round: a part of the peer suite's count, and all of it with {@code
 * -Ddmabuf.stress=full}, as {@code itests/stress} runs those with the tag "stress".
 */
public final class StressCounts {
  private static final String PROPERTY = "dmabuf.stress";

  private StressCounts() {}

  public static int of(int reduced, int full) {
    return isFull() ? full : reduced;
  }

  /** Says of each round whether it is to be made, where the peer suite counts by time. */
  public static IntPredicate during(int reduced, Duration full) {
    if (!isFull()) {
      return round -> round < reduced;
    }
    long end = System.nanoTime() + full.toNanos();
    return round -> System.nanoTime() - end < 0;
  }

  private static boolean isFull() {
    return "full".equals(System.getProperty(PROPERTY));
  }
}
