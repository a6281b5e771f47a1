package org.dmabuf.gem;

/**
 * What files of a GEM device may be able to do. Kernel counterpart: {@code drm_driver} and caps.
 */
public enum GemFeature {
  /** Programs make buffers by width and height. Counterpart: {@code dumb_create}. */
  DUMB_BUFFERS,
  /**
   * Programs attach fences to objects and signal them, see {@link GemFenceIoctl}. Counterpart: the
   * requests of {@code vgem}.
   */
  CLIENT_FENCES
}
