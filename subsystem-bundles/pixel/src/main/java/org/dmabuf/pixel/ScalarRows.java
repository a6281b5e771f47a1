package org.dmabuf.pixel;

/**
 * Ordinary code. {@link #toRgb} and {@link #fromRgb} are written so that the compiler can make
 * vectors of them: integers only, no branch, no call but minimum and maximum.
 */
final class ScalarRows implements RowMath {
  private static final int OPAQUE = 0xff00_0000;
  private static final int ROUND = 1 << (ToRgb.BITS - 1);

  @Override
  public void toRgb(int[] row, int at, int count, ToRgb matrix) {
    int black = matrix.black();
    int luma = matrix.luma();
    int vRed = matrix.vRed();
    int uGreen = matrix.uGreen();
    int vGreen = matrix.vGreen();
    int uBlue = matrix.uBlue();
    for (int i = at; i < at + count; i++) {
      int p = row[i];
      int y = luma * ((p >> 16 & 0xff) - black) + ROUND;
      int u = (p >> 8 & 0xff) - 128;
      int v = (p & 0xff) - 128;
      int red = Math.min(Math.max((y + vRed * v) >> 16, 0), 255);
      int green = Math.min(Math.max((y - uGreen * u - vGreen * v) >> 16, 0), 255);
      int blue = Math.min(Math.max((y + uBlue * u) >> 16, 0), 255);
      row[i] = (p & OPAQUE) | red << 16 | green << 8 | blue;
    }
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
  public void nv12ToRgb(byte[] luma, byte[] chroma, int count, ToRgb matrix, int[] row, int at) {
    unpack(luma, chroma, count, row, at);
    toRgb(row, at, count, matrix);
  }

  /** Spreads each pair of chroma over its two pixels. */
  private static void unpack(byte[] luma, byte[] chroma, int count, int[] row, int at) {
    int pairs = count & ~1;
    for (int i = 0; i < pairs; i += 2) {
      int uv = OPAQUE | (chroma[i] & 0xff) << 8 | (chroma[i + 1] & 0xff);
      row[at + i] = uv | (luma[i] & 0xff) << 16;
      row[at + i + 1] = uv | (luma[i + 1] & 0xff) << 16;
    }
    if (pairs < count) {
      row[at + pairs] =
          OPAQUE
              | (luma[pairs] & 0xff) << 16
              | (chroma[pairs] & 0xff) << 8
              | (chroma[pairs + 1] & 0xff);
    }
  }
}
