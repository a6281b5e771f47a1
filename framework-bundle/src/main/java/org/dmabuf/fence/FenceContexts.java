package org.dmabuf.fence;

import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.dmabuf.DmaClock;

/**
 * Gives out fence contexts with numbers that are unique in the product, and knows which are open.
 *
 * <p>Thread-safe. Kernel counterpart: {@code dma_fence_context_alloc()}.
 */
public final class FenceContexts {
  private final DmaClock clock;
  private final AtomicLong lastId = new AtomicLong();
  private final Set<FenceContext> open = ConcurrentHashMap.newKeySet();

  /**
   * Makes an empty set of contexts.
   *
   * @param clock where time stamps and timeouts come from, never null
   */
  public FenceContexts(DmaClock clock) {
    this.clock = Objects.requireNonNull(clock);
  }

  /**
   * Opens a context: one timeline of one driver, whose fences are ordered by sequence number.
   *
   * @param driverName the driver, as descriptions show it, never null
   * @param timelineName the timeline, as descriptions show it, never null
   * @return the context, which its driver closes, never null
   */
  public FenceContext open(String driverName, String timelineName) {
    FenceContext context =
        new FenceContext(this, lastId.incrementAndGet(), driverName, timelineName);
    open.add(context);
    return context;
  }

  /** Returns how many fences of open contexts have not completed yet. */
  public long pending() {
    return open.stream().mapToLong(FenceContext::pending).sum();
  }

  DmaClock clock() {
    return clock;
  }

  void closed(FenceContext context) {
    open.remove(context);
  }
}
