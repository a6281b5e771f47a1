package org.dmabuf.planted.keeper;

/** What a planted bundle takes while frames flow, and keeps. */
public enum Kept {
  /** A buffer that it exports. */
  BUFFER,
  /** A device at a buffer that was there before. */
  ATTACHMENT,
  /** A device's mapping through an attachment that was there before. */
  DEVICE_MAPPING,
  /** A mapping for the CPU of a buffer that was there before. */
  CPU_MAPPING,
  /** A fence that nobody completes. */
  FENCE,
  /** A descriptor of a buffer that was there before. */
  FILE,
  /** A thread. */
  THREAD
}
