package org.dmabuf.pixel;

/**
 * Which of the 256 values of a Y'CbCr sample are used.
 *
 * <pre>
 *            luma        chroma, 128 being none
 *   LIMITED  16 to 235   16 to 240
 *   FULL     0 to 255    1 to 255
 * </pre>
 *
 * <p>Kernel counterpart: {@code enum drm_color_range}, {@code enum v4l2_quantization}.
 */
public enum ColorRange {
  /** Luma 16 to 235, chroma 16 to 240. */
  LIMITED(16, 219, 224, "YCbCr limited range"),
  /** All values. */
  FULL(0, 255, 255, "YCbCr full range");

  private final int black;
  private final int lumaSteps;
  private final int chromaSteps;
  private final String drmName;

  ColorRange(int black, int lumaSteps, int chromaSteps, String drmName) {
    this.black = black;
    this.lumaSteps = lumaSteps;
    this.chromaSteps = chromaSteps;
    this.drmName = drmName;
  }

  /** Returns the luma of black: 16 or 0. */
  public int black() {
    return black;
  }

  /** Returns the luma of white less that of black: 219 or 255. */
  public int lumaSteps() {
    return lumaSteps;
  }

  /** Returns the steps from the least chroma to the most: 224 or 255. */
  public int chromaSteps() {
    return chromaSteps;
  }

  /** Returns the name of this value in KMS's property {@code COLOR_RANGE}; never null. */
  public String drmName() {
    return drmName;
  }
}
