package org.dmabuf.file;

import java.util.Random;

/**
 * Numbers at which arithmetic of longs goes wrong, made from a seed so that a failure comes again.
 */
final class Edges {
  private static final long[] CORNERS = {
    0,
    1L << 12,
    1L << 16,
    1L << 31,
    1L << 32,
    1L << 46,
    1L << 47,
    1L << 51,
    1L << 52,
    1L << 62,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    Long.MAX_VALUE & -4096,
    Long.MAX_VALUE & -65_536
  };

  private final Random random;

  Edges(long seed) {
    random = new Random(seed);
  }

  /** Returns a corner, its negative, or something next to either, or next to the last number. */
  long next(long last) {
    long from =
        switch (random.nextInt(5)) {
          case 0 -> last;
          case 1 -> -last;
          case 2 -> Long.MAX_VALUE - last;
          default -> CORNERS[random.nextInt(CORNERS.length)];
        };
    long signed = random.nextBoolean() ? from : -from;
    return signed + nearby();
  }

  /** Returns a power of two, as pages have them. */
  int page() {
    return 4096 << random.nextInt(5);
  }

  private long nearby() {
    return switch (random.nextInt(4)) {
      case 0 -> 0;
      case 1 -> random.nextInt(3) - 1L;
      case 2 -> 4096L * (random.nextInt(5) - 2);
      default -> random.nextInt(1 << 17) - (1L << 16);
    };
  }
}
