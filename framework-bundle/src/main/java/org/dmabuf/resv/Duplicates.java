package org.dmabuf.resv;

/**
 * What becomes of a reservation that is asked for twice in one set, as when two buffers of a job
 * share one. Kernel counterpart: {@code DRM_EXEC_IGNORE_DUPLICATES}.
 */
public enum Duplicates {
  /** It is locked once. */
  ALLOWED,
  /** EALREADY. */
  REFUSED
}
