package org.dmabuf.pixel;

/** Takes a composed picture, row by row from the top. */
@FunctionalInterface
public interface RowSink {
  /**
   * Takes a row.
   *
   * @param y its number, from 0
   * @param argb a pixel each, {@code 0xffRRGGBB}; only the first {@code width} of them; the array
   *     belongs to the compositor, which writes the next row into it: copy what is kept
   * @param width how many pixels
   */
  void row(int y, int[] argb, int width);
}
