package org.dmabuf.pixel;

/**
 * The inner loops over a row. Colours of 8 bits are {@code 0xAARRGGBB} or, in Y'CbCr, {@code
 * 0xAAYYUUVV}. Every implementation gives the same bits. May keep buffers: not safe for threads.
 */
interface RowMath {
  /** Turns Y'CbCr into RGB, in place. */
  void toRgb(int[] row, int at, int count, ToRgb matrix);

  /** Turns RGB into Y'CbCr, in place. */
  void fromRgb(int[] row, int at, int count, FromRgb matrix);

  /**
   * Turns a row of luma and one of chroma pairs into RGB, opaque.
   *
   * @param luma four samples in each integer, the first in its lowest byte
   * @param chroma U, V, U, V in each integer, a pair for each two pixels
   * @param count pixels, a multiple of four
   */
  void nv12ToRgb(int[] luma, int[] chroma, int count, ToRgb matrix, int[] row, int at);
}
