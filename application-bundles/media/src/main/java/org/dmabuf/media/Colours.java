package org.dmabuf.media;

/**
 * BT.601 between luma with chroma and RGB, in integers; all values are 0 to 255.
 *
 * <p>See the package's description for the ranges that are used where.
 */
enum Colours {
  /** Luma 16 to 235, chroma 16 to 240. */
  LIMITED(298, 409, 100, 208, 516, 16),
  /** Luma and chroma 0 to 255. */
  FULL(256, 359, 88, 183, 454, 0);

  private final int yScale;
  private final int redFromV;
  private final int greenFromU;
  private final int greenFromV;
  private final int blueFromU;
  private final int black;

  Colours(int yScale, int redFromV, int greenFromU, int greenFromV, int blueFromU, int black) {
    this.yScale = yScale;
    this.redFromV = redFromV;
    this.greenFromU = greenFromU;
    this.greenFromV = greenFromV;
    this.blueFromU = blueFromU;
    this.black = black;
  }

  /** Returns opaque 0xAARRGGBB. */
  int argb(int y, int u, int v) {
    int c = yScale * (y - black) + 128;
    int d = u - 128;
    int e = v - 128;
    int r = clamp((c + redFromV * e) >> 8);
    int g = clamp((c - greenFromU * d - greenFromV * e) >> 8);
    int b = clamp((c + blueFromU * d) >> 8);
    return 0xff00_0000 | r << 16 | g << 8 | b;
  }

  private static int clamp(int value) {
    return Math.clamp(value, 0, 255);
  }

  /** Returns the luma, of limited range, of a colour 0xRRGGBB. */
  static int y(int rgb) {
    return 16 + ((66 * red(rgb) + 129 * green(rgb) + 25 * blue(rgb) + 128) >> 8);
  }

  /** Returns the blue chroma, of limited range, of a colour 0xRRGGBB. */
  static int u(int rgb) {
    return 128 + ((-38 * red(rgb) - 74 * green(rgb) + 112 * blue(rgb) + 128) >> 8);
  }

  /** Returns the red chroma, of limited range, of a colour 0xRRGGBB. */
  static int v(int rgb) {
    return 128 + ((112 * red(rgb) - 94 * green(rgb) - 18 * blue(rgb) + 128) >> 8);
  }

  static int red(int rgb) {
    return rgb >> 16 & 0xff;
  }

  static int green(int rgb) {
    return rgb >> 8 & 0xff;
  }

  static int blue(int rgb) {
    return rgb & 0xff;
  }

  /** Returns 0xAARRGGBB laid over black, as an opaque colour. */
  static int overBlack(int argb) {
    int alpha = argb >>> 24;
    if (alpha == 0xff) {
      return argb;
    }
    int r = (red(argb) * alpha + 127) / 255;
    int g = (green(argb) * alpha + 127) / 255;
    int b = (blue(argb) * alpha + 127) / 255;
    return 0xff00_0000 | r << 16 | g << 8 | b;
  }
}
