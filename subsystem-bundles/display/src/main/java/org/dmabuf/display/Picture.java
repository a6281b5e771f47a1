package org.dmabuf.display;

/**
 * What is on a screen, as colours.
 *
 * @param width pixels in a row, 1 or more
 * @param height rows, 1 or more
 * @param argb one opaque pixel each, {@code 0xffRRGGBB}, row by row, {@code width * height} of
 *     them; made for the caller, who may change it; never null
 */
@SuppressWarnings("ArrayRecordComponent") // a picture is moved as it is, never compared
public record Picture(int width, int height, int[] argb) {
  /** Returns the colour of a pixel, {@code 0xffRRGGBB}. */
  public int at(int x, int y) {
    return argb[y * width + x];
  }
}
