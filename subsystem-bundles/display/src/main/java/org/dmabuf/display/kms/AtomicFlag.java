package org.dmabuf.display.kms;

/**
 * How a commit is made. Kernel counterpart: {@code DRM_MODE_ATOMIC_*}, {@code
 * DRM_MODE_PAGE_FLIP_ASYNC}.
 */
public enum AtomicFlag {
  /** Says whether it would be accepted; changes nothing and waits for nothing. */
  TEST_ONLY,
  /** Returns at once; refused with EBUSY while another one is pending. */
  NONBLOCK,
  /** May switch a CRTC on or off, or to another mode or connector. */
  ALLOW_MODESET,
  /** Comes at once and not at a vblank; refused with EINVAL by a display without ASYNC_FLIP. */
  ASYNC,
  /**
   * Is not shown when a fence has failed that it waited for, or the one of the last write that was
   * complete before: what is on the screen stays, the state goes back, the out-fence fails, and the
   * event says so. Not for a commit that switches a CRTC. No counterpart in the kernel, which shows
   * what there is.
   */
  SKIP_FAILED
}
