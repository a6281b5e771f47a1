package org.dmabuf.media;

/** The rows of another picture in another size; each pixel is the nearest one of the original. */
final class ScaledRows implements PixelRows {
  private final PixelRows of;
  private final int width;
  private final int height;
  private final byte[][] planes;
  private final int[] pixels;

  ScaledRows(PixelRows of, int width, int height) {
    this.of = of;
    this.width = width;
    this.height = height;
    this.planes = new byte[3][of.width()];
    this.pixels = new int[of.width()];
  }

  @Override
  public int width() {
    return width;
  }

  @Override
  public int height() {
    return height;
  }

  private int column(int x) {
    return (int) ((2L * x + 1) * of.width() / (2L * width));
  }

  private int row(int y) {
    return (int) ((2L * y + 1) * of.height() / (2L * height));
  }

  @Override
  public void yuv(int row, byte[] y, byte[] u, byte[] v) {
    of.yuv(row(row), planes[0], planes[1], planes[2]);
    for (int x = 0; x < width; x++) {
      int from = column(x);
      y[x] = planes[0][from];
      u[x] = planes[1][from];
      v[x] = planes[2][from];
    }
  }

  @Override
  public void argb(int row, int[] to) {
    of.argb(row(row), pixels);
    for (int x = 0; x < width; x++) {
      to[x] = pixels[column(x)];
    }
  }
}
