package org.dmabuf.display;

/**
 * The arithmetic of vblanks: they run by time alone, from the moment the mode was set.
 *
 * <pre>
 *   time    start ...... timeOf(1) ...... timeOf(2) ......
 *   count     0    0    0    1    1    1    1    2    2
 * </pre>
 *
 * <p>Without drift: {@code refresh} vblanks are exactly 1000 seconds. Immutable.
 *
 * @param start the time of vblank 0 in ns
 * @param refresh vblanks in 1000 seconds, 1 to {@link Mode#MAX_REFRESH_MILLI_HZ}
 */
public record VblankClock(long start, int refresh) {
  /** 1000 seconds in ns, in which all products below stay under 2^63. */
  private static final long UNIT = 1_000_000_000_000L;

  /** Returns the number of the last vblank at or before a time that is not before the start. */
  public long countAt(long nanos) {
    long passed = nanos - start;
    return passed / UNIT * refresh + passed % UNIT * refresh / UNIT;
  }

  /** Returns the time of a vblank in ns. */
  public long timeOf(long count) {
    return start + count / refresh * UNIT + Math.ceilDiv(count % refresh * UNIT, (long) refresh);
  }
}
