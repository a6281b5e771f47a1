package org.dmabuf.debug;

/**
 * Code of a thread that fences need in order to complete: a driver marks so what it does between
 * the end of a job and the signal. In debug mode a lock that is taken in one and that is also held
 * anywhere while a fence is waited for is told of, whether it deadlocks this time or not; so are a
 * reservation that is taken in one, and a wait for a fence.
 *
 * <pre>
 *   try (SignallingSection _ = registry.signalling()) {
 *     lock.lock();                            ok, unless fences are waited for with it held
 *     ...
 *     lock.unlock();
 *     context.signal(fence);
 *   }
 * </pre>
 *
 * <p>Sections may lie within each other; the callbacks of fences and the hooks of their producers
 * are in one without being marked. One belongs to the thread that began it. Outside debug mode it
 * is nothing. Kernel counterpart: {@code dma_fence_begin_signalling()} and {@code
 * dma_fence_end_signalling()}.
 */
public final class SignallingSection implements AutoCloseable {
  /** Where nothing is checked. */
  public static final SignallingSection UNCHECKED = new SignallingSection(null);

  private final LockRules rules; // null outside debug mode

  SignallingSection(LockRules rules) {
    this.rules = rules;
  }

  /** Ends it, on the thread that began it. */
  @Override
  public void close() {
    if (rules != null) {
      rules.signalled();
    }
  }
}
