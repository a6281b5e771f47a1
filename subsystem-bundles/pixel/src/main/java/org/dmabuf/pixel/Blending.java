package org.dmabuf.pixel;

/**
 * Lays colours of 16 bits over others, as {@link BlendMode} says; what is below stays opaque.
 *
 * <pre>
 *   alpha = layer's alpha * pixel's alpha                    0 to 65535 * 65535
 *   (weight * over + (65535 * 65535 - alpha) * below) / (65535 * 65535), rounded
 *   weight: 65535 * layer's alpha for NONE and PREMULTIPLIED, alpha for COVERAGE
 * </pre>
 */
final class Blending {
  private static final int FULL = 0xffff;
  private static final long WHOLE = (long) FULL * FULL;

  /** The whole is odd, so that a half never comes out: this rounds to the nearest. */
  private static final long HALF = WHOLE / 2;

  private Blending() {}

  /**
   * Blends a row.
   *
   * @param below the opaque colours, replaced by the result
   * @param at the first of them
   * @param over the layer's colours
   * @param from the first of them
   */
  static void row(
      long[] below, int at, long[] over, int from, int count, int layerAlpha, BlendMode mode) {
    for (int i = 0; i < count; i++) {
      long fg = over[from + i];
      int own = mode == BlendMode.NONE ? FULL : (int) (fg >>> 48);
      long alpha = (long) layerAlpha * own;
      long weight = mode == BlendMode.COVERAGE ? alpha : (long) layerAlpha * FULL;
      long rest = WHOLE - alpha;
      long bg = below[at + i];
      if (alpha == WHOLE) {
        below[at + i] = fg | Wide.OPAQUE;
      } else if (weight != 0) {
        below[at + i] =
            Wide.OPAQUE
                | part(fg >>> 32, weight, bg >>> 32, rest) << 32
                | part(fg >>> 16, weight, bg >>> 16, rest) << 16
                | part(fg, weight, bg, rest);
      }
    }
  }

  private static long part(long over, long weight, long below, long rest) {
    long sum = weight * (over & FULL) + rest * (below & FULL) + HALF;
    return Math.min(sum / WHOLE, FULL);
  }
}
