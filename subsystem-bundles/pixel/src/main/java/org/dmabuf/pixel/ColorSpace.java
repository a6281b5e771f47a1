package org.dmabuf.pixel;

import java.util.Objects;

/**
 * What the samples of a Y'CbCr format (and of GREY) mean as colours. Nothing for RGB formats, which
 * are full range always.
 *
 * @param encoding the matrix, never null
 * @param range the values used, never null
 */
public record ColorSpace(ColorEncoding encoding, ColorRange range) {
  /** BT.601, limited range: the default of KMS's planes, and of standard definition. */
  public static final ColorSpace DEFAULT = new ColorSpace(ColorEncoding.BT601, ColorRange.LIMITED);

  /** Makes a colour space. */
  public ColorSpace {
    Objects.requireNonNull(encoding, "encoding");
    Objects.requireNonNull(range, "range");
  }
}
