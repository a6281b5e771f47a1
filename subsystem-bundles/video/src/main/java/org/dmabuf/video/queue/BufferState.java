package org.dmabuf.video.queue;

/**
 * Where a buffer of a queue is.
 *
 * <pre>
 *               prepare, queue           mapped, fenced
 *   DEQUEUED ------------------> MOVING ----------------> QUEUED --device takes it--> ACTIVE
 *     ^  ^                        |  ^                      |                          |
 *     |  +--- prepared, failed ---+  |                      |                     DONE or ERROR
 *     |                              +-- stream off --------+------ stream off --------+
 *     +------------- given back ---- MOVING <----------------- dequeued ---------------+
 * </pre>
 *
 * <p>Kernel counterpart: {@code enum vb2_buffer_state}. There are no requests, so no IN_REQUEST;
 * MOVING is its PREPARING, and also the way back, for no lock is held while memory is unmapped.
 */
enum BufferState {
  /** With the program. */
  DEQUEUED,
  /** A call maps it for the device, or gives it back. */
  MOVING,
  /** Waits for its turn. */
  QUEUED,
  /** With the device. */
  ACTIVE,
  /** Finished. */
  DONE,
  /** Finished, and its frame failed. */
  ERROR
}
