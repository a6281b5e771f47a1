package org.dmabuf.fence;

/**
 * A fence of a {@link DriverLine}. It hangs in its line until it has completed, whoever still knows
 * it: so it completes with its context at the latest.
 */
final class DriverFence extends ContextFence {
  /**
   * The next older one of its line that may be pending. A sweep may take completed ones out of the
   * way at any time; who still reads the value from before finds the same pending ones.
   */
  DriverFence older;

  /** How many hang below it, as far as is known; only says when it is time to sweep. */
  int depth;

  /** Whether its bundle's quota counts it; written before anybody else knows it. */
  boolean charged;

  DriverFence(FenceLine line, long seqno, DriverFence older) {
    super(line, seqno);
    this.older = older;
    this.depth = older == null ? 1 : older.depth + 1;
  }

  /** It has completed, which happens once. */
  void uncharge() {
    if (charged) {
      line().uncharge();
    }
  }

  /** It or the next older one that is pending; null when none is. */
  static DriverFence pendingFrom(DriverFence start) {
    DriverFence fence = start;
    while (fence != null && fence.isComplete()) {
      fence = fence.older;
    }
    return fence;
  }
}
