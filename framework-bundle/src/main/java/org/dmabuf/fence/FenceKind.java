package org.dmabuf.fence;

/**
 * What stands behind a fence. Kernel counterpart: which {@code dma_fence_ops} a fence has, {@code
 * use_64bit_seqno} and {@code dma_fence_is_container()}.
 */
public enum FenceKind {
  /**
   * A driver's work. The context counts by itself in 64 bits; when it closes, its pending fences
   * are {@code ECANCELED}.
   */
  DRIVER,
  /**
   * A driver's work whose number a device writes, in 32 bits that wrap around; when the context
   * closes, its pending fences are {@code ECANCELED}.
   */
  HARDWARE,
  /**
   * A point of a software timeline. Its number is the client's, in 32 bits that wrap around; when
   * the timeline closes, its pending fences are {@code ENOENT}.
   */
  TIMELINE,
  /** Several fences that are waited for as one. */
  ARRAY,
  /** A fence and all points before it. Its number is the client's, in 64 bits without sign. */
  CHAIN,
  /** Nothing: it has completed from the beginning. */
  STUB;

  private static final long U32 = 0xffff_ffffL;

  /** Returns whether it only stands for other fences, which {@link FenceUnwrap} finds. */
  public boolean isContainer() {
    return this == ARRAY || this == CHAIN;
  }

  /** Returns whether a number comes after another in one context. */
  boolean isLater(long seqno, long other) {
    return switch (this) {
      case TIMELINE, HARDWARE -> (int) (seqno - other) > 0;
      case CHAIN -> Long.compareUnsigned(seqno, other) > 0;
      case DRIVER, ARRAY, STUB -> seqno > other;
    };
  }

  /** Returns a number as fences of this kind have it. */
  long number(long seqno) {
    return wraps() ? seqno & U32 : seqno;
  }

  private boolean wraps() {
    return this == TIMELINE || this == HARDWARE;
  }
}
