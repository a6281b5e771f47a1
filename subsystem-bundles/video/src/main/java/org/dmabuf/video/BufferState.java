package org.dmabuf.video;

/**
 * Where a buffer of a queue is.
 *
 * <pre>
 *                    queue()              attached, mapped, fenced
 *     +--> DEQUEUED ---------> PREPARING --------------------------> QUEUED
 *     |       ^  ^                 |                                   |  thread takes it
 *     |       |  +--- failed ------+                                   v
 *     |       +------ stopped, driver gone ------------------------ ACTIVE
 *     |                                                             |    |
 *     +-- dequeue() -- DONE  <------------- frame accepted ---------+    |
 *     +-- dequeue() -- ERROR <------------- frame failed, or end --------+
 * </pre>
 *
 * <p>Kernel counterpart: {@code enum vb2_buffer_state}; there are no requests, so no IN_REQUEST.
 */
enum BufferState {
  /** With the program. */
  DEQUEUED,
  /** A call of queue() attaches and maps it. */
  PREPARING,
  /** Waits for its turn. */
  QUEUED,
  /** With the driver. */
  ACTIVE,
  /** Holds a frame. */
  DONE,
  /** Holds none: its frame failed, or the source has ended. */
  ERROR
}
