package org.dmabuf.gem;

/**
 * By which of a device's nodes a file was opened. Kernel counterpart: {@code enum drm_minor_type}.
 */
enum GemNode {
  /** {@code /dev/dri/cardN}: everything. */
  PRIMARY,
  /**
   * {@code /dev/dri/renderDN}: for programs that work on buffers and show none; dumb buffers are
   * for what is shown.
   */
  RENDER
}
