package org.dmabuf;

/**
 * How often a stress test goes round: a part of the peer suite's count, and all of it with {@code
 * -Ddmabuf.stress=full}.
 */
public final class StressCounts {
  private static final String PROPERTY = "dmabuf.stress";

  private StressCounts() {}

  public static int of(int reduced, int full) {
    return "full".equals(System.getProperty(PROPERTY)) ? full : reduced;
  }
}
