package org.dmabuf.pixel;

import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * A rectangle of whole pixels.
 *
 * @param x its left edge; may be negative where a rectangle may reach beyond a picture
 * @param y its upper edge, as {@code x}
 * @param width 1 to 65535
 * @param height 1 to 65535
 */
public record Region(int x, int y, int width, int height) {
  static final int MAX_SIDE = 65_535;
  private static final int MAX_PLACE = 1 << 24;

  /**
   * Makes a rectangle.
   *
   * @throws DmaBufException EINVAL for a side out of its range or a place beyond 2^24
   */
  public Region {
    check(x, y, width, height);
  }

  static void check(int x, int y, int width, int height) {
    if (width < 1
        || width > MAX_SIDE
        || height < 1
        || height > MAX_SIDE
        || Math.abs((long) x) > MAX_PLACE
        || Math.abs((long) y) > MAX_PLACE) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A rectangle of %dx%d at %d,%d was asked; sides from 1 to %d at places up to %d work"
              .formatted(width, height, x, y, MAX_SIDE, MAX_PLACE));
    }
  }

  /** Returns the whole of a picture. */
  public static Region of(Surface surface) {
    return new Region(0, 0, surface.width(), surface.height());
  }
}
