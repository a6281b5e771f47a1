package org.dmabuf.display.kms;

/**
 * A rectangle, of which the lower right edge is not part any more. Kernel counterpart: {@code
 * struct drm_rect}.
 *
 * @param x the left edge
 * @param y the upper edge
 * @param width to the right, not negative
 * @param height downwards, not negative
 */
public record Rect(int x, int y, long width, long height) {
  /** As many units of a source rectangle are one pixel: it has 16 fractional bits. */
  public static final int FRACTION = 1 << 16;

  /** Returns a rectangle in whole pixels as a source rectangle. */
  public static Rect source(int x, int y, int width, int height) {
    return new Rect(x * FRACTION, y * FRACTION, (long) width * FRACTION, (long) height * FRACTION);
  }

  /** Returns whether nothing is in it. */
  public boolean isEmpty() {
    return width == 0 || height == 0;
  }

  /** Returns what of this is in another one too; an empty one when nothing is. */
  public Rect intersection(Rect other) {
    int left = Math.max(x, other.x);
    int top = Math.max(y, other.y);
    long right = Math.min(x + width, other.x + other.width);
    long bottom = Math.min(y + height, other.y + other.height);
    return new Rect(left, top, Math.max(0, right - left), Math.max(0, bottom - top));
  }
}
