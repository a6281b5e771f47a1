package org.dmabuf.pixel;

import java.util.Arrays;

/**
 * Writes rows of colours as any format, from the top to the bottom of a region. Colours are as
 * those of {@link RowReader}; chroma that pixels share is their mean.
 *
 * <pre>
 *   row 0   luma written, chroma summed
 *   row 1   luma written, chroma summed, divided by 4 and written
 *   a last odd row (or column) counts twice
 * </pre>
 *
 * <p>Keeps its buffers. Not safe for threads.
 */
final class RowWriter {
  private final RowMath math;
  private boolean opaque;
  private byte[] bytes = {};
  private byte[] second = {};
  private int[] narrow = {};
  private long[] wide = {};

  /** Sums of U and V, in turns, of the row above. */
  private int[] sums = {};

  RowWriter(RowMath math) {
    this.math = math;
  }

  /**
   * Begins a picture.
   *
   * @param rowsAreOpaque whether no colour that it is given has an alpha of its own
   */
  void begin(boolean rowsAreOpaque) {
    opaque = rowsAreOpaque;
  }

  /**
   * Writes colours of 8 bits, which it may change.
   *
   * @param y the row of the surface; rows come one after the other
   * @param x the first column, even where columns share chroma
   * @param matrix null to write the colours as they are; not used for RGB
   */
  void write(Surface to, int y, int x, int count, FromRgb matrix, int[] row, int at) {
    if (matrix != null && to.isYuv()) {
      math.fromRgb(row, at, count, matrix);
    }
    switch (to.format()) {
      case XRGB8888 -> {
        if (!opaque) {
          RowReader.opaque(row, at, count);
        }
        to.write(y, x, row, at, count);
      }
      case ARGB8888 -> to.write(y, x, row, at, count);
      case XRGB16161616, ARGB16161616 -> {
        wide = RowReader.grown(wide, count);
        Wide.widen(row, at, wide, 0, count);
        writeWide(to, y, x, count, matrix, wide, 0);
      }
      case RGB24 -> rgb24(to, y, x, count, row, at);
      case RGB565 -> rgb565(to, y, x, count, row, at);
      case GREY -> luma(to, y, x, count, row, at);
      case YUV444 -> {
        luma(to, y, x, count, row, at);
        part(to, 1, y, x, count, 8, row, at);
        part(to, 2, y, x, count, 0, row, at);
      }
      case YUV422 -> {
        luma(to, y, x, count, row, at);
        sum(count, row, at, false);
        chroma(to, y, x, count, 1);
      }
      case YUV420, NV12 -> {
        luma(to, y, x, count, row, at);
        boolean upper = (y & 1) == 0;
        sum(count, row, at, !upper);
        if (!upper || y == to.height() - 1) {
          // a row without one below it counts twice
          chroma(to, y >> 1, x, count, upper ? 1 : 2);
        }
      }
      case YUYV -> packed(to, y, x, count, 0, row, at);
      case UYVY -> packed(to, y, x, count, 1, row, at);
    }
  }

  /** Writes colours of 16 bits; otherwise as {@link #write}. */
  void writeWide(Surface to, int y, int x, int count, FromRgb matrix, long[] row, int at) {
    if (to.isWide()) {
      if (!opaque && !to.hasAlpha()) {
        for (int i = at; i < at + count; i++) {
          row[i] |= Wide.OPAQUE;
        }
      }
      to.write(y, x, row, at, count);
    } else {
      if (narrow.length < count) {
        narrow = new int[count];
      }
      Wide.narrow(row, at, narrow, 0, count);
      write(to, y, x, count, matrix, narrow, 0);
    }
  }

  private byte[] room(int length) {
    if (bytes.length < length) {
      bytes = new byte[length];
    }
    return bytes;
  }

  private void rgb24(Surface to, int y, int x, int count, int[] row, int at) {
    byte[] rgb = room(3 * count);
    for (int i = 0; i < count; i++) {
      int p = row[at + i];
      rgb[3 * i] = (byte) (p >> 16);
      rgb[3 * i + 1] = (byte) (p >> 8);
      rgb[3 * i + 2] = (byte) p;
    }
    to.write(0, y, 3 * x, rgb, 3 * count);
  }

  private void rgb565(Surface to, int y, int x, int count, int[] row, int at) {
    byte[] words = room(2 * count);
    for (int i = 0; i < count; i++) {
      int p = row[at + i];
      int word = (p >> 8 & 0xf800) | (p >> 5 & 0x7e0) | (p >> 3 & 0x1f);
      words[2 * i] = (byte) word;
      words[2 * i + 1] = (byte) (word >> 8);
    }
    to.write(0, y, 2 * x, words, 2 * count);
  }

  private void luma(Surface to, int y, int x, int count, int[] row, int at) {
    part(to, 0, y, x, count, 16, row, at);
  }

  /** Writes one part of each colour to a plane of its own. */
  private void part(Surface to, int plane, int y, int x, int count, int shift, int[] row, int at) {
    byte[] parts = room(count);
    for (int i = 0; i < count; i++) {
      parts[i] = (byte) (row[at + i] >> shift);
    }
    to.write(plane, y, x, parts, count);
  }

  /** Sums U and V of two columns each; the last column of an odd number counts twice. */
  private void sum(int count, int[] row, int at, boolean onTop) {
    if (sums.length < count + 1) {
      sums = new int[count + 1];
    }
    if (!onTop) {
      Arrays.fill(sums, 0, (count + 1) & ~1, 0);
    }
    for (int i = 0; i < count; i += 2) {
      int left = row[at + i];
      int right = i + 1 < count ? row[at + i + 1] : left;
      sums[i] += (left >> 8 & 0xff) + (right >> 8 & 0xff);
      sums[i + 1] += (left & 0xff) + (right & 0xff);
    }
  }

  /** Writes the means of what was summed over one row or two. */
  private void chroma(Surface to, int y, int x, int count, int rows) {
    int pairs = (count + 1) >> 1;
    int half = rows;
    int shift = rows;
    if (to.planes() == 2) {
      byte[] interleaved = room(2 * pairs);
      for (int i = 0; i < 2 * pairs; i++) {
        interleaved[i] = (byte) ((sums[i] + half) >> shift);
      }
      int room = to.rowBytes(1) / 2 * 2 - x;
      to.write(1, y, x, interleaved, Math.min(2 * pairs, room));
    } else {
      byte[] us = room(pairs);
      second = second.length < pairs ? new byte[pairs] : second;
      for (int i = 0; i < pairs; i++) {
        us[i] = (byte) ((sums[2 * i] + half) >> shift);
        second[i] = (byte) ((sums[2 * i + 1] + half) >> shift);
      }
      int first = x >> 1;
      to.write(1, y, first, us, Math.min(pairs, to.rowBytes(1) - first));
      to.write(2, y, first, second, Math.min(pairs, to.rowBytes(2) - first));
    }
  }

  /** Two pixels in four bytes; luma at 0 and 2, or at 1 and 3. */
  private void packed(Surface to, int y, int x, int count, int luma, int[] row, int at) {
    byte[] pairs = room(2 * count + 2);
    for (int i = 0; i < count; i += 2) {
      int left = row[at + i];
      int right = i + 1 < count ? row[at + i + 1] : left;
      pairs[2 * i + luma] = (byte) (left >> 16);
      pairs[2 * i + 2 + luma] = (byte) (right >> 16);
      pairs[2 * i + 1 - luma] = (byte) (((left >> 8 & 0xff) + (right >> 8 & 0xff) + 1) >> 1);
      pairs[2 * i + 3 - luma] = (byte) (((left & 0xff) + (right & 0xff) + 1) >> 1);
    }
    to.write(0, y, 2 * x, pairs, 2 * count);
  }
}
