package org.dmabuf.display.kms;

/** How a commit is made. Kernel counterpart: {@code DRM_MODE_ATOMIC_*}. */
public enum AtomicFlag {
  /** Says whether it would be accepted; changes nothing and waits for nothing. */
  TEST_ONLY,
  /** Returns at once; refused with EBUSY while another one is pending. */
  NONBLOCK,
  /** May switch a CRTC on or off, or to another mode or connector. */
  ALLOW_MODESET
}
