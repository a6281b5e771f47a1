package org.dmabuf.pixel;

import java.lang.foreign.MemorySegment;
import org.dmabuf.format.PixelFormat;

/**
 * Two rows of NV12 and two of XRGB8888 or ARGB8888 that are lent by their views, with the places in
 * the segments at which they begin. Used again for each pair; not safe for threads.
 *
 * <pre>
 *   upper luma  lower luma  chroma   --&gt;   upper, lower
 * </pre>
 */
final class LentRows {
  MemorySegment upperLuma;
  MemorySegment lowerLuma;
  MemorySegment chroma;
  MemorySegment upper;
  MemorySegment lower;
  long upperLumaAt;
  long lowerLumaAt;
  long chromaAt;
  long upperAt;
  long lowerAt;

  /** Tells whether pictures of these formats can be converted in memory. */
  static boolean areFor(Surface source, Surface destination, ToRgb matrix) {
    boolean words =
        destination.format() == PixelFormat.XRGB8888
            || destination.format() == PixelFormat.ARGB8888;
    return source.format() == PixelFormat.NV12 && words && matrix != null;
  }

  /**
   * Borrows two rows, if both are there and no part of them lies in two segments.
   *
   * @param row the upper row of the source
   * @param x its first column
   * @param toRow the upper row of the destination
   * @param toX its first column
   * @return whether they were lent; nothing is counted if not
   */
  boolean borrow(
      Surface source, int row, int x, Surface destination, int toRow, int toX, int count) {
    int bytes = Integer.BYTES * count;
    int toFrom = Integer.BYTES * toX;
    boolean lent =
        row % 2 == 0
            && x % 2 == 0
            && count % 2 == 0
            && source.isWhole(0, row, x, count)
            && source.isWhole(0, row + 1, x, count)
            && source.isWhole(1, row / 2, x, count)
            && destination.isWhole(0, toRow, toFrom, bytes)
            && destination.isWhole(0, toRow + 1, toFrom, bytes);
    if (lent) {
      upperLuma = source.lend(0, row, x, count);
      upperLumaAt = source.placeInSegment(0, row, x);
      lowerLuma = source.lend(0, row + 1, x, count);
      lowerLumaAt = source.placeInSegment(0, row + 1, x);
      chroma = source.lend(1, row / 2, x, count);
      chromaAt = source.placeInSegment(1, row / 2, x);
      upper = destination.lendWritable(0, toRow, toFrom, bytes);
      upperAt = destination.placeInSegment(0, toRow, toFrom);
      lower = destination.lendWritable(0, toRow + 1, toFrom, bytes);
      lowerAt = destination.placeInSegment(0, toRow + 1, toFrom);
    }
    return lent;
  }

  /** Lets go of the memory. */
  void giveBack() {
    upperLuma = null;
    lowerLuma = null;
    chroma = null;
    upper = null;
    lower = null;
  }
}
