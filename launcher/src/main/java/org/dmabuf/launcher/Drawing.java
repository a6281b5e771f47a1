package org.dmabuf.launcher;

/** How a picture becomes characters. */
interface Drawing {
  /**
   * Draws.
   *
   * @param argb a pixel each, {@code 0xffRRGGBB}, row by row
   * @param columns of the terminal that may be used, in characters
   * @param rows as {@code columns}
   * @return what to print, from the upper left of the place for it
   */
  String draw(int width, int height, int[] argb, int columns, int rows);
}
