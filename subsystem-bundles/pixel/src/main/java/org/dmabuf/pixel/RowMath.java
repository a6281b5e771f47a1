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
   * @param luma four samples in each integer, the first in its lowest byte
   * @param chroma U, V, U, V in each integer, a pair for each two pixels
   * @param count pixels, a multiple of four
   */
  void nv12ToRgb(int[] luma, int[] chroma, int count, ToRgb matrix, int[] row, int at);

  /** Tells whether {@link #nv12RowsToRgb} is there, which is so where it is faster. */
  default boolean isDirect() {
    return false;
  }

  /**
   * Turns two rows that share their chroma into RGB, opaque, straight from memory to memory.
   *
   * @param rows where the samples are and the pixels go
   * @param count pixels, even
   */
  default void nv12RowsToRgb(LentRows rows, int count, ToRgb matrix) {
    throw new UnsupportedOperationException("rows are not converted in memory");
  }
}
