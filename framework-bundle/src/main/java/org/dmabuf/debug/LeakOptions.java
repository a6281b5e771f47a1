package org.dmabuf.debug;

import java.util.Objects;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * How leaks are looked for.
 *
 * @param level how much, never null
 * @param interval on level SAMPLED, one thing in so many is noted on average; 1 or more
 * @param seed of the generator that chooses; with the same seed the n-th thing taken is chosen or
 *     not in every run
 */
public record LeakOptions(LeakLevel level, int interval, long seed) {
  /** Of none. */
  public static final LeakOptions OFF = new LeakOptions(LeakLevel.OFF, 128, 0);

  /** Of every one. */
  public static final LeakOptions ALL = new LeakOptions(LeakLevel.ALL, 1, 0);

  /** Checks the fields: EINVAL for an interval below 1. */
  public LeakOptions {
    Objects.requireNonNull(level, "level");
    if (interval < 1) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Leaks were to be looked for in one of " + interval + " things; 1 or more would work");
    }
  }

  /** Returns options that choose one thing in {@code interval}. */
  public static LeakOptions sampled(int interval, long seed) {
    return new LeakOptions(LeakLevel.SAMPLED, interval, seed);
  }
}
