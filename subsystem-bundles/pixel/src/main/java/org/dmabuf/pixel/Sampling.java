package org.dmabuf.pixel;

import java.util.Objects;

/**
 * How a source becomes a picture of another size: its crop is mirrored and turned, then scaled to
 * the size that it gets. Immutable; make it once, not for each frame.
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
