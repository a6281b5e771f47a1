package org.dmabuf.pixel;

/**
 * The matrix from R'G'B' to Y'CbCr, in 1/65536.
 *
 * <pre>
 *   y = black + yRed * r + yGreen * g + yBlue * b
 *   u = 128   - uRed * r - uGreen * g + half  * b
 *   v = 128   + half * r - vGreen * g - vBlue * b
 * </pre>
 *
 * <p>Each plus 1/2, cut to an integer towards minus infinity, and to 0 to 255.
 */
record FromRgb(
    int black,
    int yRed,
    int yGreen,
    int yBlue,
    int uRed,
    int uGreen,
    int vGreen,
    int vBlue,
    int half) {
  private static final double WHITE = 255;

  static FromRgb of(ColorSpace space) {
    double kr = space.encoding().red();
    double kb = space.encoding().blue();
    double kg = 1 - kr - kb;
    double luma = space.range().lumaSteps() / WHITE;
    double chroma = space.range().chromaSteps() / WHITE / 2;
    return new FromRgb(
        space.range().black(),
        ToRgb.fixed(kr * luma),
        ToRgb.fixed(kg * luma),
        ToRgb.fixed(kb * luma),
        ToRgb.fixed(kr / (1 - kb) * chroma),
        ToRgb.fixed(kg / (1 - kb) * chroma),
        ToRgb.fixed(kg / (1 - kr) * chroma),
        ToRgb.fixed(kb / (1 - kr) * chroma),
        ToRgb.fixed(chroma));
  }
}
