package org.dmabuf.debug;

/**
 * The order in which a thread takes locks: only downwards.
 *
 * <pre>
 *   RESERVATION --> DRIVER --> QUEUE
 * </pre>
 */
public enum LockRank {
  /** A buffer's reservation; several by an acquire context. */
  RESERVATION,
  /** What a driver protects its device's state with. */
  DRIVER,
  /** What a driver protects one queue with: no call into another bundle is made with it held. */
  QUEUE
}
