package org.dmabuf.pixel;

import java.util.Objects;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * A picture on a screen. Immutable; made for a commit, not for each time that it is shown.
 *
 * <p>Kernel counterpart: {@code struct drm_plane_state}.
 *
 * @param surface the picture, never null; Y'CbCr is shown by its colour space
 * @param sampling which part of it, and how it lies, never null
 * @param place where on the screen, never null; what reaches beyond the screen is not shown
 * @param alpha of the whole layer: 0 for nothing, {@link #OPAQUE} for all of it
 * @param blendMode what the pixels' own alpha means, never null
 */
public record Layer(
    Surface surface, Sampling sampling, Region place, int alpha, BlendMode blendMode) {
  /** The alpha of a layer through which nothing is seen. */
  public static final int OPAQUE = 0xffff;

  /**
   * Makes a layer.
   *
   * @throws DmaBufException EINVAL for an alpha out of its range, ENOSPC for a crop that reaches
   *     beyond the picture
   */
  public Layer {
    Objects.requireNonNull(place, "place");
    Objects.requireNonNull(blendMode, "blendMode");
    surface.check(sampling.crop());
    if (alpha < 0 || alpha > OPAQUE) {
      throw new DmaBufException(
          Errno.EINVAL, "A layer of alpha " + alpha + " was asked; 0 to " + OPAQUE + " work");
    }
  }

  /** Returns a whole picture at the upper left of the screen, opaque, in its own size. */
  public static Layer of(Surface surface) {
    return new Layer(
        surface, Sampling.whole(surface), Region.of(surface), OPAQUE, BlendMode.PREMULTIPLIED);
  }
}
