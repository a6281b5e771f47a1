package org.dmabuf.pixel;

/**
 * The matrix from Y'CbCr to R'G'B', in 1/65536.
 *
 * <pre>
 *   red   = luma * (y - black)                        + vRed   * (v - 128)
 *   green = luma * (y - black) - uGreen * (u - 128)   - vGreen * (v - 128)
 *   blue  = luma * (y - black) + uBlue  * (u - 128)
 * </pre>
 *
 * <p>Each plus 1/2, cut to an integer towards minus infinity, and to 0 to 255.
 */
record ToRgb(int black, int luma, int vRed, int uGreen, int vGreen, int uBlue) {
  static final int BITS = 16;
  private static final double WHITE = 255;

  static ToRgb of(ColorSpace space) {
    double kr = space.encoding().red();
    double kb = space.encoding().blue();
    double kg = 1 - kr - kb;
    double chroma = WHITE / space.range().chromaSteps();
    double red = 2 * (1 - kr) * chroma;
    double blue = 2 * (1 - kb) * chroma;
    return new ToRgb(
        space.range().black(),
        fixed(WHITE / space.range().lumaSteps()),
        fixed(red),
        fixed(blue * kb / kg),
        fixed(red * kr / kg),
        fixed(blue));
  }

  static int fixed(double coefficient) {
    return (int) Math.round(coefficient * (1 << BITS));
  }
}
