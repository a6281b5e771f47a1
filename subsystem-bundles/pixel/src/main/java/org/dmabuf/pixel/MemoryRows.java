package org.dmabuf.pixel;

/** Row math that also works from memory to memory, where that is faster. */
interface MemoryRows extends RowMath {
  /**
   * Turns two rows that share their chroma into RGB, opaque.
   *
   * @param rows where the samples are and the pixels go
   * @param count pixels, even
   */
  void nv12RowsToRgb(LentRows rows, int count, ToRgb matrix);
}
