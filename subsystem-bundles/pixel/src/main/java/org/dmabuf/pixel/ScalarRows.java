package org.dmabuf.pixel;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Ordinary code. {@link #toRgb} and {@link #fromRgb} are written so that the compiler can make
 * vectors of them: integers only, no branch, no call but minimum and maximum.
 */
final class ScalarRows implements RowMath {
  private static final int OPAQUE = 0xff00_0000;
  private static final int WHITE = 0xff_ffff;
  private static final int ROUND = 1 << (ToRgb.BITS - 1);

  private static final ValueLayout.OfInt WORD =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final ValueLayout.OfLong PAIR =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

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

  @Override
  public boolean isDirect() {
    return true;
  }

  /**
   * Two rows at once, four pixels of each: what their chroma adds is calculated once for four of
   * these eight.
   */
  @Override
  public void nv12RowsToRgb(LentRows rows, int count, ToRgb matrix) {
    // read once: for all the compiler knows, a store into memory could change them
    MemorySegment upperLuma = rows.upperLuma;
    MemorySegment lowerLuma = rows.lowerLuma;
    MemorySegment chroma = rows.chroma;
    MemorySegment upper = rows.upper;
    MemorySegment lower = rows.lower;
    long upperLumaAt = rows.upperLumaAt;
    long lowerLumaAt = rows.lowerLumaAt;
    long chromaAt = rows.chromaAt;
    long upperAt = rows.upperAt;
    long lowerAt = rows.lowerAt;
    int luma = matrix.luma();
    int black = ROUND - luma * matrix.black();
    int vRed = matrix.vRed();
    int uGreen = matrix.uGreen();
    int vGreen = matrix.vGreen();
    int uBlue = matrix.uBlue();
    int x = 0;
    for (; x <= count - 4; x += 4) {
      int uv = chroma.get(WORD, chromaAt + x);
      int above = upperLuma.get(WORD, upperLumaAt + x);
      int below = lowerLuma.get(WORD, lowerLumaAt + x);
      int u = (uv & 0xff) - 128;
      int v = (uv >> 8 & 0xff) - 128;
      int red = black + vRed * v;
      int green = black - uGreen * u - vGreen * v;
      int blue = black + uBlue * u;
      int a0 = pixel(luma * (above & 0xff), red, green, blue);
      int a1 = pixel(luma * (above >> 8 & 0xff), red, green, blue);
      int b0 = pixel(luma * (below & 0xff), red, green, blue);
      int b1 = pixel(luma * (below >> 8 & 0xff), red, green, blue);
      u = (uv >> 16 & 0xff) - 128;
      v = (uv >>> 24) - 128;
      red = black + vRed * v;
      green = black - uGreen * u - vGreen * v;
      blue = black + uBlue * u;
      int a2 = pixel(luma * (above >> 16 & 0xff), red, green, blue);
      int a3 = pixel(luma * (above >>> 24), red, green, blue);
      int b2 = pixel(luma * (below >> 16 & 0xff), red, green, blue);
      int b3 = pixel(luma * (below >>> 24), red, green, blue);
      upper.set(PAIR, upperAt + 4L * x, pair(a0, a1));
      upper.set(PAIR, upperAt + 4L * x + 8, pair(a2, a3));
      lower.set(PAIR, lowerAt + 4L * x, pair(b0, b1));
      lower.set(PAIR, lowerAt + 4L * x + 8, pair(b2, b3));
    }
    if (x < count) {
      rest(rows, x, matrix);
    }
  }

  private static int pixel(int y, int red, int green, int blue) {
    int r = Math.min(Math.max(y + red, 0), WHITE);
    int g = Math.min(Math.max(y + green, 0), WHITE);
    int b = Math.min(Math.max(y + blue, 0), WHITE);
    return OPAQUE | (r & 0xff_0000) | (g >> 8 & 0xff00) | b >> 16;
  }

  private static long pair(int left, int right) {
    return (left & 0xffff_ffffL) | (long) right << 32;
  }

  /** The last two columns of rows whose width is no multiple of four. */
  private static void rest(LentRows rows, int x, ToRgb matrix) {
    int u = rows.chroma.get(ValueLayout.JAVA_BYTE, rows.chromaAt + x) & 0xff;
    int v = rows.chroma.get(ValueLayout.JAVA_BYTE, rows.chromaAt + x + 1) & 0xff;
    for (int i = x; i < x + 2; i++) {
      int above = rows.upperLuma.get(ValueLayout.JAVA_BYTE, rows.upperLumaAt + i) & 0xff;
      int below = rows.lowerLuma.get(ValueLayout.JAVA_BYTE, rows.lowerLumaAt + i) & 0xff;
      rows.upper.set(WORD, rows.upperAt + 4L * i, rgb(OPAQUE | above << 16 | u << 8 | v, matrix));
      rows.lower.set(WORD, rows.lowerAt + 4L * i, rgb(OPAQUE | below << 16 | u << 8 | v, matrix));
    }
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
