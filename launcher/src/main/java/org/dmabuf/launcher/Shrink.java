package org.dmabuf.launcher;

/**
 * Makes a picture small enough, by the mean of the pixels that become one; its shape is kept.
 *
 * @param width of the small picture, 1 or more
 * @param height as {@code width}
 * @param rgb its pixels, {@code 0xRRGGBB}
 */
@SuppressWarnings("ArrayRecordComponent") // passed on as it is, never compared
record Shrink(int width, int height, int[] rgb) {
  /** Returns the picture so that it fits; one that fits stays as it is. */
  static Shrink of(int width, int height, int[] argb, int maxWidth, int maxHeight) {
    int newWidth = width;
    int newHeight = height;
    if (newWidth > maxWidth) {
      newHeight = Math.max(1, (int) ((long) height * maxWidth / width));
      newWidth = maxWidth;
    }
    if (newHeight > maxHeight) {
      newWidth = Math.max(1, (int) ((long) width * maxHeight / height));
      newHeight = maxHeight;
    }
    int[] rgb = new int[newWidth * newHeight];
    for (int y = 0; y < newHeight; y++) {
      int top = (int) ((long) y * height / newHeight);
      int bottom = (int) ((y + 1L) * height / newHeight);
      for (int x = 0; x < newWidth; x++) {
        int left = (int) ((long) x * width / newWidth);
        int right = (int) ((x + 1L) * width / newWidth);
        rgb[y * newWidth + x] = mean(argb, width, left, top, right, bottom);
      }
    }
    return new Shrink(newWidth, newHeight, rgb);
  }

  int at(int x, int y) {
    return rgb[y * width + x];
  }

  private static int mean(int[] argb, int width, int left, int top, int right, int bottom) {
    long red = 0;
    long green = 0;
    long blue = 0;
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        int pixel = argb[y * width + x];
        red += pixel >> 16 & 0xff;
        green += pixel >> 8 & 0xff;
        blue += pixel & 0xff;
      }
    }
    long count = (long) (right - left) * (bottom - top);
    return (int) ((red / count) << 16 | (green / count) << 8 | blue / count);
  }
}
