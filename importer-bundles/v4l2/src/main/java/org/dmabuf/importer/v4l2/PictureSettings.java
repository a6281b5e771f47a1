package org.dmabuf.importer.v4l2;

/**
 * How a device's picture lies and how bright it is.
 *
 * @param quarters clockwise turns by 90 degrees, 0 to 3
 * @param mirrored from left to right, after the turn
 * @param flipped from top to bottom, after the turn
 * @param added to red, green and blue, -128 to 127
 */
record PictureSettings(int quarters, boolean mirrored, boolean flipped, int added) {
  private static final int MOST = 255;

  int brightened(int rgb) {
    if (added == 0) {
      return rgb;
    }
    return part(rgb >> 16) << 16 | part(rgb >> 8) << 8 | part(rgb);
  }

  private int part(int value) {
    return Math.clamp((value & MOST) + added, 0, MOST);
  }
}
