package org.dmabuf.resv;

/**
 * What a fence in a reservation stands for. A query for one class returns that class and all before
 * it: who asks for READ gets KERNEL, WRITE and READ.
 *
 * <p>Kernel counterpart: {@code enum dma_resv_usage}.
 */
public enum Usage {
  /** Moves and clears by the framework or an exporter; everybody waits for them. */
  KERNEL,
  /** A device writes: readers and writers wait. */
  WRITE,
  /** A device reads: writers wait. */
  READ,
  /** Nobody waits implicitly; only the memory must not go away. */
  BOOKKEEP;

  /** Returns whether a query for {@code asked} sees fences of this class. */
  boolean isSeenBy(Usage asked) {
    return compareTo(asked) <= 0;
  }

  /**
   * Returns what a new access must wait for.
   *
   * @param write whether the access writes
   */
  public static Usage toWaitFor(boolean write) {
    return write ? READ : WRITE;
  }
}
