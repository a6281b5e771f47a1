package org.dmabuf.launcher;

/** Shows a person what a display scans out. Called by one thread at a time. */
interface Screen extends AutoCloseable {
  /**
   * Shows a picture in place of the last one.
   *
   * @param argb a pixel each, {@code 0xffRRGGBB}, row by row; kept or changed by nobody
   */
  void show(int width, int height, int[] argb);

  /** Leaves the last picture or takes it away, and gives everything back. */
  @Override
  void close();
}
