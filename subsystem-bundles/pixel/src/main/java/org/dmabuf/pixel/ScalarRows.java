package org.dmabuf.pixel;

/**
 * Ordinary code. {@link #toRgb} and {@link #fromRgb} are written so that the compiler can make
 * vectors of them: integers only, no branch, no call but minimum and maximum.
 */
final class ScalarRows implements RowMath {
  private static final int OPAQUE = 0xff00_0000;
  private static final int WHITE = 0xff_ffff;
  private static final int ROUND = 1 << (ToRgb.BITS - 1);

  @Override
  public void toRgb(int[] row, int at, int count, ToRgb matrix) {
    int luma = matrix.luma();
    int black = ROUND - luma * matrix.black();
    int vRed = matrix.vRed();
    int uGreen = matrix.uGreen();
    int vGreen = matrix.vGreen();
    int uBlue = matrix.uBlue();
    for (int i = at; i < at + count; i++) {
      row[i] = rgb(row[i], black, luma, vRed, uGreen, vGreen, uBlue);
    }
  }

  /** Turns one colour into RGB. */
  static int rgb(int yuv, ToRgb m) {
    int black = ROUND - m.luma() * m.black();
    return rgb(yuv, black, m.luma(), m.vRed(), m.uGreen(), m.vGreen(), m.uBlue());
  }

  /** Sums are in 1/65536: red comes out where it belongs, the others are moved there. */
  private static int rgb(
      int yuv, int black, int luma, int vRed, int uGreen, int vGreen, int uBlue) {
    int y = luma * (yuv >> 16 & 0xff) + black;
    int u = (yuv >> 8 & 0xff) - 128;
    int v = (yuv & 0xff) - 128;
    int red = Math.min(Math.max(y + vRed * v, 0), WHITE);
    int green = Math.min(Math.max(y - uGreen * u - vGreen * v, 0), WHITE);
    int blue = Math.min(Math.max(y + uBlue * u, 0), WHITE);
    return (yuv & OPAQUE) | (red & 0xff_0000) | (green >> 8 & 0xff00) | blue >> 16;
  }

  @Override
  public void fromRgb(int[] row, int at, int count, FromRgb matrix) {
    int black = (matrix.black() << 16) + ROUND;
    int none = (128 << 16) + ROUND;
    int yRed = matrix.yRed();
    int yGreen = matrix.yGreen();
    int yBlue = matrix.yBlue();
    int uRed = matrix.uRed();
    int uGreen = matrix.uGreen();
    int vGreen = matrix.vGreen();
    int vBlue = matrix.vBlue();
    int half = matrix.half();
    for (int i = at; i < at + count; i++) {
      int p = row[i];
      int r = p >> 16 & 0xff;
      int g = p >> 8 & 0xff;
      int b = p & 0xff;
      int y = Math.min(Math.max((black + yRed * r + yGreen * g + yBlue * b) >> 16, 0), 255);
      int u = Math.min(Math.max((none - uRed * r - uGreen * g + half * b) >> 16, 0), 255);
      int v = Math.min(Math.max((none + half * r - vGreen * g - vBlue * b) >> 16, 0), 255);
      row[i] = (p & OPAQUE) | y << 16 | u << 8 | v;
    }
  }

  @Override
  public void nv12ToRgb(int[] luma, int[] chroma, int count, ToRgb matrix, int[] row, int at) {
    for (int i = 0; i < count / 4; i++) {
      unpack(luma[i], chroma[i], row, at + 4 * i);
    }
    toRgb(row, at, count, matrix);
  }

  /** Makes four pixels of four samples of luma and two pairs of chroma. */
  static void unpack(int luma, int chroma, int[] row, int at) {
    int left = OPAQUE | (chroma & 0xff) << 8 | (chroma >> 8 & 0xff);
    int right = OPAQUE | (chroma >> 8 & 0xff00) | chroma >>> 24;
    row[at] = left | (luma & 0xff) << 16;
    row[at + 1] = left | (luma & 0xff00) << 8;
    row[at + 2] = right | (luma & 0xff_0000);
    row[at + 3] = right | (luma >> 8 & 0xff_0000);
  }
}
