package org.dmabuf.video;

/** How a queue tells others that it writes to a buffer. */
public enum Fencing {
  /** As V4L2: a buffer is handed out only when it is done; no fence is waited for or added. */
  NONE,
  /**
   * Each queued buffer gets a write fence in its reservation, so that it can be given to a display
   * at once; the device waits for the fences that were there before.
   */
  IMPLICIT
}
