package org.dmabuf.pixel;

import org.dmabuf.format.PixelFormat;

/**
 * Rows of NV12 and of XRGB8888 or ARGB8888 that are lent by their views: as many as lie in one
 * segment in each of the three planes. Where a segment ends within a row, columns of it. Used again
 * and again; not safe for threads.
 *
 * <pre>
 *   segments of the destination            what is lent, one after the other
 *   |00000000000000000000000000000000|     rows 0 to 2, all columns
 *   |00000000000000000000000000000000|
 *   |00000000000000000000000000000000|
 *   |000000000000000|1111111111111111|     row 3: its left columns, then its right ones
 *   |11111111111111111111111111111111|     row 4 ...
 * </pre>
 *
 * <p>The source's segments cut in the same way. Two columns share their chroma, so they go in
 * pairs, and a pair in which a segment ends is not lent.
 */
final class LentRows {
  private final LentPlane luma = new LentPlane();
  private final LentPlane chroma = new LentPlane();
  private final LentPlane pixels = new LentPlane();

  private Surface source;
  private int top;
  private int left;
  private Surface destination;
  private Region place;

  private int row;
  private int rows;
  private int columns;

  /** Tells whether such pictures can be lent, in pairs of columns. */
  static boolean areFor(Surface source, Crop crop, Surface destination, Region place) {
    boolean words =
        destination.format() == PixelFormat.XRGB8888
            || destination.format() == PixelFormat.ARGB8888;
    return source.format() == PixelFormat.NV12
        && words
        && crop.firstColumn() % 2 == 0
        && place.width() % 2 == 0;
  }

  /** Begins a picture. */
  void begin(Surface from, Crop crop, Surface to, Region where) {
    source = from;
    top = crop.firstRow();
    left = crop.firstColumn();
    destination = to;
    place = where;
  }

  /**
   * Borrows what lies together from a pixel on. A row of chroma is counted with the first of its
   * rows of luma.
   *
   * @param x the pixel's column in the place, even
   * @param y its row
   * @return false, and nothing is lent or counted, when a segment ends in this pair of columns
   */
  boolean borrow(int x, int y) {
    row = top + y;
    int chromaRow = Math.min(row / 2, source.rows(1) - 1);
    luma.move(source.plane(0), row, left + x);
    chroma.move(source.plane(1), chromaRow, left + x);
    pixels.move(destination.plane(0), place.y() + y, Integer.BYTES * (place.x() + x));
    columns = place.width() - x;
    rows = wholeRows(x == 0 ? place.height() - y : 1, source.rows(1) - chromaRow);
    if (rows == 0) {
      rows = 1;
      long together = Math.min(luma.contiguous(), chroma.contiguous());
      together = Math.min(together, pixels.contiguous() / Integer.BYTES);
      columns = (int) Math.min(columns, together) / 2 * 2;
    }
    if (columns > 0) {
      int chromaRows = (row % 2 + rows + 1) / 2;
      int counted = y > 0 ? chromaRows - row % 2 : chromaRows;
      luma.lend(columns, rows, rows);
      chroma.lend(columns, chromaRows, counted);
      pixels.lendWritable(Integer.BYTES * columns, rows);
    }
    return columns > 0;
  }

  private int wholeRows(int most, int mostOfChroma) {
    int shared = chroma.wholeRows(columns, mostOfChroma);
    int whole = Math.min(most, Math.max(0, 2 * shared - row % 2));
    whole = luma.wholeRows(columns, whole);
    return pixels.wholeRows(Integer.BYTES * columns, whole);
  }

  /** Returns how many rows are lent. */
  int rows() {
    return rows;
  }

  /** Returns how many columns of each, even. */
  int columns() {
    return columns;
  }

  /** Returns the rows of luma. */
  LentPlane luma() {
    return luma;
  }

  /** Returns the rows of chroma, fewer than of luma. */
  LentPlane chroma() {
    return chroma;
  }

  /** Returns which row of chroma belongs to a row of luma. */
  int chromaRow(int index) {
    return (row % 2 + index) / 2;
  }

  /** Returns the rows of the destination. */
  LentPlane pixels() {
    return pixels;
  }

  /** Lets go of the memory. */
  void giveBack() {
    source = null;
    destination = null;
    luma.giveBack();
    chroma.giveBack();
    pixels.giveBack();
  }
}
