package org.dmabuf.video.queue;

/**
 * How a queue tells others that its device uses a buffer, and what the device waits for. V4L2 does
 * NONE; the others are what was proposed for it.
 */
public enum QueueFencing {
  /** A buffer is handed out only when it is done; no fence is waited for or added. */
  NONE,
  /**
   * Each queued buffer gets a fence in its reservation: a write fence where the device writes, a
   * read fence where it reads; the device waits for the fences of others that were there before.
   */
  IMPLICIT,
  /**
   * The program may give a fence that the device waits for, and take one for when it is done; the
   * reservation is left alone.
   */
  EXPLICIT
}
