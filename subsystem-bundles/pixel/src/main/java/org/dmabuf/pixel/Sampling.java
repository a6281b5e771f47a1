package org.dmabuf.pixel;

import java.util.Objects;

/**
 * How a source becomes a picture of another size: its crop is scaled to the size that it gets, then
 * mirrored and turned. Immutable; make it once, not for each frame.
 *
 * @param crop the part of the source that is used, in the source's own directions; never null
 * @param orientation how it is mirrored and turned, never null
 * @param filter how it is scaled, never null; nothing when the sizes are the same whole pixels
 */
public record Sampling(Crop crop, Orientation orientation, Filter filter) {
  /** Makes a sampling. */
  public Sampling {
    Objects.requireNonNull(crop, "crop");
    Objects.requireNonNull(orientation, "orientation");
    Objects.requireNonNull(filter, "filter");
  }

  /** Returns the whole of a picture, upright, by the nearest pixel. */
  public static Sampling whole(Surface surface) {
    return new Sampling(Crop.of(surface), Orientation.UPRIGHT, Filter.NEAREST);
  }

  /** Tells whether a picture of this size has the source's pixels as they lie. */
  boolean isPlain(int width, int height) {
    return orientation == Orientation.UPRIGHT
        && crop.width() == width * Crop.PIXEL
        && crop.height() == height * Crop.PIXEL
        && crop.x() % Crop.PIXEL == 0
        && crop.y() % Crop.PIXEL == 0;
  }

  /** Returns this with another crop. */
  public Sampling with(Crop other) {
    return new Sampling(other, orientation, filter);
  }

  /** Returns this with another orientation. */
  public Sampling with(Orientation other) {
    return new Sampling(crop, other, filter);
  }

  /** Returns this with another filter. */
  public Sampling with(Filter other) {
    return new Sampling(crop, orientation, other);
  }
}
