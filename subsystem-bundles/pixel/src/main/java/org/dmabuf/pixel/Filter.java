package org.dmabuf.pixel;

/**
 * How a scaled pixel is made of the source's.
 *
 * <p>The middle of pixel {@code i} of {@code n} lies at {@code (i + 0.5) * size / n} of a source
 * {@code size} wide, pixel {@code k} of which reaches from {@code k} to {@code k + 1}.
 *
 * <pre>
 *   NEAREST    the pixel in which that point lies
 *   BILINEAR   the four whose middles are around it, weighted by 1/256 of a pixel
 * </pre>
 *
 * <p>The point is rounded down to 1/65536 of a pixel, its weight down to 1/256; the sum is rounded
 * once, half up. No pixel outside of the crop is ever used: those at its edge are repeated.
 *
 * <p>Kernel counterpart: {@code enum drm_scaling_filter}.
 */
public enum Filter {
  /** The nearest pixel as it is. */
  NEAREST,
  /** The four nearest, weighted by distance. */
  BILINEAR
}
