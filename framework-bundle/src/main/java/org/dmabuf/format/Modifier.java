package org.dmabuf.format;

/**
 * Format modifiers: how the samples of a plane are arranged in memory.
 *
 * <p>Kernel counterpart: {@code DRM_FORMAT_MOD_*} of {@code drm_fourcc.h}.
 */
public final class Modifier {
  /** Rows one after the other, {@code pitch} bytes apart. */
  public static final long LINEAR = 0L;

  /** No modifier was given: the arrangement is known to the driver only. */
  public static final long INVALID = 0x00ff_ffff_ffff_ffffL;

  private Modifier() {}
}
