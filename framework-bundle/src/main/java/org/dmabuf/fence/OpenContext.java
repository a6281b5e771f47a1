package org.dmabuf.fence;

/**
 * A fence context as the books of its bundle have it: it can be ended by this, and is not kept in
 * use, so that one that its producer has forgotten is noticed. Thread-safe.
 */
public sealed interface OpenContext extends AutoCloseable permits FenceLine {

  /** As {@link FenceContext#close()}. */
  @Override
  void close();

  /** Returns how many fences of it have not completed; takes a look at each. */
  int pending();

  /** Returns whether it has ended. */
  boolean isClosed();
}
