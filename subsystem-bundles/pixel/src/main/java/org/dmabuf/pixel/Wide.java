package org.dmabuf.pixel;

/**
 * Colours of 16 bits, four in a long integer, and their arithmetic two by two.
 *
 * <pre>
 *   bits   63-48   47-32   31-16   15-0
 *          alpha   red     green   blue      (or alpha, Y, U, V)
 * </pre>
 */
final class Wide {
  static final long OPAQUE = 0xffffL << 48;

  /** Every second colour, with room for a carry or a product above each. */
  private static final long EVEN = 0x0000_ffff_0000_ffffL;

  private static final long LOW_BYTES = 0x0000_00ff_0000_00ffL;
  private static final long HALVES = 0x0000_8000_0000_8000L;

  /** Times 255 plus this, by 65536, is the nearest of 1/257; see the test, which tries them all. */
  private static final long NARROW_ROUND = 0x0000_807f_0000_807fL;

  private Wide() {}

  /** Widens a colour: each of its parts times 257. */
  static long of(int narrow) {
    long spread =
        (narrow & 0xffL)
            | (narrow & 0xff00L) << 8
            | (narrow & 0xff_0000L) << 16
            | (narrow & 0xff00_0000L) << 24;
    return spread * 257;
  }

  /** Narrows a colour: each of its parts by 257, rounded. */
  static int narrow(long wide) {
    long even = ((wide & EVEN) * 255 + NARROW_ROUND) >>> 16 & LOW_BYTES;
    long odd = ((wide >>> 16 & EVEN) * 255 + NARROW_ROUND) >>> 16 & LOW_BYTES;
    return (int) (even | even >>> 16 | odd << 8 | odd >>> 8);
  }

  /**
   * Mixes four colours.
   *
   * @param right the weight of the right ones, 0 to 255 of 256
   * @param below the weight of the lower ones, 0 to 255 of 256
   */
  static long mix(long p00, long p01, long p10, long p11, int right, int below) {
    long w00 = (256L - right) * (256 - below);
    long w01 = (long) right * (256 - below);
    long w10 = (256L - right) * below;
    long w11 = (long) right * below;
    // a sum is at most 65535 * 65536 + 32768, which is less than 2^32: no carry into the next one
    long even =
        (p00 & EVEN) * w00 + (p01 & EVEN) * w01 + (p10 & EVEN) * w10 + (p11 & EVEN) * w11 + HALVES;
    long odd =
        (p00 >>> 16 & EVEN) * w00
            + (p01 >>> 16 & EVEN) * w01
            + (p10 >>> 16 & EVEN) * w10
            + (p11 >>> 16 & EVEN) * w11
            + HALVES;
    return (even >>> 16 & EVEN) | (odd & ~EVEN);
  }

  static void widen(int[] from, int fromAt, long[] to, int at, int count) {
    for (int i = 0; i < count; i++) {
      to[at + i] = of(from[fromAt + i]);
    }
  }

  static void narrow(long[] from, int fromAt, int[] to, int at, int count) {
    for (int i = 0; i < count; i++) {
      to[at + i] = narrow(from[fromAt + i]);
    }
  }
}
