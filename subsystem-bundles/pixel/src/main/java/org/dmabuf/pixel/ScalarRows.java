package org.dmabuf.pixel;

/**
 * Ordinary code, in loops of integers without a branch and so small that the compiler makes vectors
 * of them: one for each part of a colour. Keeps its buffers.
 */
final class ScalarRows implements RowMath {
  private static final int OPAQUE = 0xff00_0000;
  private static final int WHITE = 0xff_ffff;
  private static final int ROUND = 1 << (ToRgb.BITS - 1);
  private static final int[] NONE = {};

  private int[] colours = NONE;
  private int[] reds = NONE;
  private int[] greens = NONE;
  private int[] blues = NONE;

  @Override
  public void toRgb(int[] row, int at, int count, ToRgb matrix) {
    grow(count);
    int luma = matrix.luma();
    int black = ROUND - luma * matrix.black();
    red(row, at, count, luma, black, matrix.vRed(), colours);
    green(row, at, count, luma, black, matrix.uGreen(), matrix.vGreen(), colours);
    blue(row, at, count, luma, black, matrix.uBlue(), colours);
  }

  private void grow(int count) {
    if (colours.length < count) {
      colours = new int[count];
      reds = new int[count];
      greens = new int[count];
      blues = new int[count];
    }
  }

  /** Sums are in 1/65536: red comes out where it belongs, the others are moved there. */
  private static void red(
      int[] row, int at, int count, int luma, int black, int vRed, int[] colours) {
    for (int i = 0; i < count; i++) {
      int yuv = row[at + i];
      int y = luma * (yuv >> 16 & 0xff) + black;
      colours[i] = (yuv & OPAQUE) | (cut(y + vRed * ((yuv & 0xff) - 128)) & 0xff_0000);
    }
  }

  private static void green(
      int[] row, int at, int count, int luma, int black, int uGreen, int vGreen, int[] colours) {
    for (int i = 0; i < count; i++) {
      int yuv = row[at + i];
      int y = luma * (yuv >> 16 & 0xff) + black;
      int sum = y - uGreen * ((yuv >> 8 & 0xff) - 128) - vGreen * ((yuv & 0xff) - 128);
      colours[i] |= cut(sum) >> 8 & 0xff00;
    }
  }

  private static void blue(
      int[] row, int at, int count, int luma, int black, int uBlue, int[] colours) {
    for (int i = 0; i < count; i++) {
      int yuv = row[at + i];
      int y = luma * (yuv >> 16 & 0xff) + black;
      row[at + i] = colours[i] | cut(y + uBlue * ((yuv >> 8 & 0xff) - 128)) >> 16;
    }
  }

  private static int cut(int sum) {
    return Math.min(Math.max(sum, 0), WHITE);
  }

  /** Turns one colour into RGB. */
  static int rgb(int yuv, ToRgb m) {
    int y = m.luma() * (yuv >> 16 & 0xff) + ROUND - m.luma() * m.black();
    int u = (yuv >> 8 & 0xff) - 128;
    int v = (yuv & 0xff) - 128;
    return (yuv & OPAQUE) | pixel(y, m.vRed() * v, -m.uGreen() * u - m.vGreen() * v, m.uBlue() * u);
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

  /** One of each four columns after the other: what chroma adds is calculated once for two. */
  @Override
  public void nv12ToRgb(int[] luma, int[] chroma, int count, ToRgb matrix, int[] row, int at) {
    int quads = count / 4;
    grow(quads);
    for (int column = 0; column < 4; column++) {
      if (column % 2 == 0) {
        chroma(chroma, 8 * column, quads, matrix);
      }
      toColours(luma, 8 * column, quads, matrix.luma(), reds, greens, blues, colours);
      for (int i = 0; i < quads; i++) {
        row[at + 4 * i + column] = colours[i];
      }
    }
  }

  private void chroma(int[] chroma, int shift, int count, ToRgb matrix) {
    int black = ROUND - matrix.luma() * matrix.black();
    toSums(chroma, shift + 8, count, black, matrix.vRed(), reds);
    toGreens(chroma, shift, count, black, matrix.uGreen(), matrix.vGreen(), greens);
    toSums(chroma, shift, count, black, matrix.uBlue(), blues);
  }

  private static void toSums(
      int[] chroma, int shift, int count, int black, int factor, int[] sums) {
    for (int i = 0; i < count; i++) {
      sums[i] = black + factor * ((chroma[i] >> shift & 0xff) - 128);
    }
  }

  private static void toGreens(
      int[] chroma, int shift, int count, int black, int uGreen, int vGreen, int[] sums) {
    for (int i = 0; i < count; i++) {
      int u = (chroma[i] >> shift & 0xff) - 128;
      int v = (chroma[i] >> (shift + 8) & 0xff) - 128;
      sums[i] = black - uGreen * u - vGreen * v;
    }
  }

  private static void toColours(
      int[] luma,
      int shift,
      int count,
      int factor,
      int[] reds,
      int[] greens,
      int[] blues,
      int[] colours) {
    for (int i = 0; i < count; i++) {
      int y = factor * (luma[i] >> shift & 0xff);
      colours[i] = OPAQUE | pixel(y, reds[i], greens[i], blues[i]);
    }
  }

  private static int pixel(int y, int red, int green, int blue) {
    return (cut(y + red) & 0xff_0000) | (cut(y + green) >> 8 & 0xff00) | cut(y + blue) >> 16;
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
