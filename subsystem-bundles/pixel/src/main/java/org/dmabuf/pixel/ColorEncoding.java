package org.dmabuf.pixel;

/**
 * The matrix between R'G'B' and Y'CbCr, given by the weights of red and blue in luma; that of green
 * is what is left of 1.
 *
 * <pre>
 *   BT601    0.299   0.587   0.114    standard definition
 *   BT709    0.2126  0.7152  0.0722   high definition
 *   BT2020   0.2627  0.6780  0.0593   ultra-high definition, constant luminance not used
 * </pre>
 *
 * <p>Kernel counterpart: {@code enum drm_color_encoding}, {@code enum v4l2_ycbcr_encoding}.
 */
public enum ColorEncoding {
  /** ITU-R BT.601. */
  BT601(0.299, 0.114, "ITU-R BT.601 YCbCr"),
  /** ITU-R BT.709. */
  BT709(0.2126, 0.0722, "ITU-R BT.709 YCbCr"),
  /** ITU-R BT.2020, non-constant luminance. */
  BT2020(0.2627, 0.0593, "ITU-R BT.2020 YCbCr");

  private final double red;
  private final double blue;
  private final String drmName;

  ColorEncoding(double red, double blue, String drmName) {
    this.red = red;
    this.blue = blue;
    this.drmName = drmName;
  }

  /** Returns the weight of red in luma, between 0 and 1. */
  public double red() {
    return red;
  }

  /** Returns the weight of blue in luma, between 0 and 1. */
  public double blue() {
    return blue;
  }

  /** Returns the name of this value in KMS's property {@code COLOR_ENCODING}; never null. */
  public String drmName() {
    return drmName;
  }
}
