package org.dmabuf.media;

/** The rows of a decoded picture. */
final class ArgbRows implements PixelRows {
  private final Picture picture;

  ArgbRows(Picture picture) {
    this.picture = picture;
  }

  @Override
  public int width() {
    return picture.width();
  }

  @Override
  public int height() {
    return picture.height();
  }

  @Override
  public void yuv(int row, byte[] y, byte[] u, byte[] v) {
    int base = row * width();
    for (int x = 0; x < width(); x++) {
      int rgb = Colours.overBlack(picture.argb()[base + x]);
      y[x] = (byte) Colours.y(rgb);
      u[x] = (byte) Colours.u(rgb);
      v[x] = (byte) Colours.v(rgb);
    }
  }

  @Override
  public void argb(int row, int[] pixels) {
    int base = row * width();
    for (int x = 0; x < width(); x++) {
      pixels[x] = picture.argb()[base + x];
    }
  }
}
