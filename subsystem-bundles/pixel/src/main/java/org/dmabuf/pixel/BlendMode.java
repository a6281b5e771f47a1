package org.dmabuf.pixel;

/**
 * How a layer's pixel is laid over what is below it. {@code a} is the alpha of the whole layer,
 * {@code fga} that of the pixel, both from 0 to 1.
 *
 * <pre>
 *   NONE            a * fg       + (1 - a)       * below      the pixel's alpha means nothing
 *   PREMULTIPLIED   a * fg       + (1 - a * fga) * below      its colours have been multiplied by it
 *   COVERAGE        a * fga * fg + (1 - a * fga) * below
 * </pre>
 *
 * <p>The pixel's alpha is 1 in formats that have none. It is calculated in 16 bits for each colour:
 * exact, rounded once, half up, and what exceeds white is white.
 *
 * <p>Kernel counterpart: the plane's property {@code pixel blend mode}.
 */
public enum BlendMode {
  /** The pixel's own alpha is ignored. */
  NONE("None"),
  /** The colours have been multiplied by the alpha; the default. */
  PREMULTIPLIED("Pre-multiplied"),
  /** The colours have not been multiplied yet. */
  COVERAGE("Coverage");

  private final String drmName;

  BlendMode(String drmName) {
    this.drmName = drmName;
  }

  /** Returns the name of this value in KMS's property; never null. */
  public String drmName() {
    return drmName;
  }
}
