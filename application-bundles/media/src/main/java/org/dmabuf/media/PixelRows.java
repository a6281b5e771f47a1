package org.dmabuf.media;

/**
 * A picture as rows of whole pixels, whatever its own format: what a converter reads. Rows may be
 * asked for in any order.
 */
interface PixelRows {
  int width();

  int height();

  /**
   * Gives a row as luma and chroma, one of each for every pixel.
   *
   * @param row the row, 0 to height - 1
   * @param y filled with the luma, at least {@link #width} long; so are {@code u} and {@code v}
   */
  void yuv(int row, byte[] y, byte[] u, byte[] v);

  /** Gives a row as 0xAARRGGBB, not multiplied with alpha. */
  void argb(int row, int[] pixels);
}
