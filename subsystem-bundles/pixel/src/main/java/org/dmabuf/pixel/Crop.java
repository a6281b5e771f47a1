package org.dmabuf.pixel;

import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * The part of a picture that is used, in 1/65536 of a pixel.
 *
 * <p>Kernel counterpart: the plane's {@code SRC_X}, {@code SRC_Y}, {@code SRC_W} and {@code SRC_H},
 * whose 16.16 numbers these are.
 *
 * @param x its left edge, 0 or more
 * @param y its upper edge, 0 or more
 * @param width more than 0
 * @param height more than 0
 */
public record Crop(long x, long y, long width, long height) {
  /** One pixel. */
  public static final long PIXEL = 1L << 16;

  /**
   * Makes a crop.
   *
   * @throws DmaBufException EINVAL for a negative edge, an empty side, or 32 bits exceeded
   */
  public Crop {
    long limit = 1L << 32;
    if (x < 0 || y < 0 || width < 1 || height < 1 || x + width > limit || y + height > limit) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A crop of %dx%d at %d,%d (1/65536 pixel) was asked; it needs sides, and 32 bits for each"
              .formatted(width, height, x, y));
    }
  }

  /**
   * Returns a crop of whole pixels.
   *
   * @param region never null, not at a negative place
   * @throws DmaBufException EINVAL for a negative place
   */
  public static Crop of(Region region) {
    return new Crop(
        region.x() * PIXEL, region.y() * PIXEL, region.width() * PIXEL, region.height() * PIXEL);
  }

  /** Returns the whole of a picture. */
  public static Crop of(Surface surface) {
    return of(Region.of(surface));
  }

  /** Returns the first column that is touched. */
  int firstColumn() {
    return (int) (x >> 16);
  }

  /** Returns the last column that is touched. */
  int lastColumn() {
    return (int) ((x + width - 1) >> 16);
  }

  /** Returns the first row that is touched. */
  int firstRow() {
    return (int) (y >> 16);
  }

  /** Returns the last row that is touched. */
  int lastRow() {
    return (int) ((y + height - 1) >> 16);
  }
}
