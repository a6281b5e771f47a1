package org.dmabuf.pixel;

/** Row math that also works from memory to memory, where that is faster. */
interface MemoryRows extends RowMath {
  /**
   * Turns rows of luma and of the chroma that two of them share into RGB, opaque.
   *
   * @param rows where the samples are and the pixels go
   */
  void nv12RowsToRgb(LentRows rows, ToRgb matrix);
}
