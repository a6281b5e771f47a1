package org.dmabuf.sync;

/** How to wait for several points. Kernel counterpart: {@code DRM_SYNCOBJ_WAIT_FLAGS_*}. */
public enum SyncWaitFlag {
  /** For every one; without it, for the first. */
  ALL,
  /** Points that nobody has submitted are waited for; without it, they are an error. */
  FOR_SUBMIT,
  /** Only until they are submitted, completed or not. */
  AVAILABLE
}
