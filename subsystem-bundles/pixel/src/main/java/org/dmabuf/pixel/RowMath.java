package org.dmabuf.pixel;

/**
 * The inner loops over a row. Colours of 8 bits are {@code 0xAARRGGBB} or, in Y'CbCr, {@code
 * 0xAAYYUUVV}. Stateless; every implementation gives the same bits.
 */
interface RowMath {
  /** Turns Y'CbCr into RGB, in place. */
  void toRgb(int[] row, int at, int count, ToRgb matrix);

  /** Turns RGB into Y'CbCr, in place. */
  void fromRgb(int[] row, int at, int count, FromRgb matrix);

  /**
   * Turns a row of luma and one of chroma pairs into RGB, opaque.
   *
   * @param luma {@code count} samples
   * @param chroma U and V in turns, a pair for each two pixels
   */
  void nv12ToRgb(byte[] luma, byte[] chroma, int count, ToRgb matrix, int[] row, int at);
}
