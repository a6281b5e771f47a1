package org.dmabuf.media;

/** A decoded picture; never changes. */
final class Picture {
  private final int width;
  private final int height;
  private final int[] argb;

  /**
   * Makes a picture of pixels that nobody changes any more.
   *
   * @param width in pixels
   * @param height in pixels
   * @param argb row after row, 0xAARRGGBB, not multiplied with alpha
   */
  Picture(int width, int height, int[] argb) {
    this.width = width;
    this.height = height;
    this.argb = argb;
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** The pixels, not to be changed. */
  int[] argb() {
    return argb;
  }

  /**
   * Returns this picture in another size; each pixel is the mean of those it covers, or the nearest
   * one where it covers less than one.
   */
  Picture scaledTo(int newWidth, int newHeight) {
    if (newWidth == width && newHeight == height) {
      return this;
    }
    int[] scaled = new int[newWidth * newHeight];
    for (int y = 0; y < newHeight; y++) {
      int top = (int) ((long) y * height / newHeight);
      int bottom = Math.max(top + 1, (int) ((y + 1L) * height / newHeight));
      for (int x = 0; x < newWidth; x++) {
        int left = (int) ((long) x * width / newWidth);
        int right = Math.max(left + 1, (int) ((x + 1L) * width / newWidth));
        scaled[y * newWidth + x] = mean(left, top, right, bottom);
      }
    }
    return new Picture(newWidth, newHeight, scaled);
  }

  private int mean(int left, int top, int right, int bottom) {
    if (right - left == 1 && bottom - top == 1) {
      return argb[top * width + left];
    }
    long a = 0;
    long r = 0;
    long g = 0;
    long b = 0;
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        int pixel = argb[y * width + x];
        a += pixel >>> 24;
        r += pixel >> 16 & 0xff;
        g += pixel >> 8 & 0xff;
        b += pixel & 0xff;
      }
    }
    long n = (long) (right - left) * (bottom - top);
    long half = n / 2;
    return (int) ((a + half) / n) << 24
        | (int) ((r + half) / n) << 16
        | (int) ((g + half) / n) << 8
        | (int) ((b + half) / n);
  }
}
