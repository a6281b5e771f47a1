package org.dmabuf.fence;

import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.dmabuf.DmaClock;
import org.dmabuf.debug.LockRules;
import org.dmabuf.debug.SignallingSection;
import org.dmabuf.seam.Seam;

/**
 * Gives out fence contexts with numbers that are unique in the product, and knows which are open.
 *
 * <p>Thread-safe. Kernel counterpart: {@code dma_fence_context_alloc()}.
 */
public final class FenceContexts {
  private final DmaClock clock;
  private final boolean timed;
  private final LockRules rules; // null outside debug mode
  private final AtomicLong lastId = new AtomicLong();
  private final Set<FenceLine> open = ConcurrentHashMap.newKeySet();

  private final DroppedContexts dropped; // null without
  private final DmaFence stub;

  /**
   * Makes an empty set of contexts, of which none is missed when it is dropped without a close.
   *
   * @param clock where time stamps and timeouts come from, never null
   */
  public FenceContexts(DmaClock clock) {
    this(clock, false, null, Optional.empty());
  }

  /**
   * Makes an empty set of contexts.
   *
   * @param clock where time stamps and timeouts come from, never null
   * @param timed whether each fence notes when it was made, which costs a look at the clock
   * @param dropped who ends a context that is dropped without a close; null for nobody
   * @param rules what is told in debug mode of waits for fences, never null
   */
  public FenceContexts(
      DmaClock clock, boolean timed, DroppedContexts dropped, Optional<LockRules> rules) {
    this.clock = Objects.requireNonNull(clock);
    this.timed = timed;
    this.dropped = dropped;
    this.rules = rules.orElse(null);
    this.stub = new StubFence(this, clock.nanos());
  }

  /**
   * Opens a context: one timeline of one driver, whose fences are ordered by sequence number.
   *
   * @param driverName the driver, as descriptions show it, never null
   * @param timelineName the timeline, as descriptions show it, never null
   * @return the context, which its driver closes, never null
   */
  public FenceContext open(String driverName, String timelineName) {
    return open(FenceContextInfo.of(driverName, timelineName), FenceContexts::nothing);
  }

  /**
   * Opens a context as its driver describes it.
   *
   * @param info what the driver says of it, never null
   * @param whenClosed told once, after the close, on the thread that closes; never null
   * @return the context, which its driver closes, never null
   */
  public FenceContext open(FenceContextInfo info, Runnable whenClosed) {
    return open(info, ContextOwner.unlimited(info.driverName(), whenClosed));
  }

  /**
   * As {@link #open(FenceContextInfo, Runnable)}, for a bundle whose fences are counted.
   *
   * @param bundle whose context it is, never null
   */
  public FenceContext open(FenceContextInfo info, ContextOwner bundle) {
    return opened(new DriverLine(this, info, bundle), info.ops().orElse(null));
  }

  /**
   * Opens the context of a software timeline, whose fences have the numbers that its client gives
   * them.
   *
   * @param driverName the driver, as descriptions show it, never null
   * @param timelineName the timeline, as descriptions show it, never null
   * @return the context, which its timeline closes, never null
   */
  public FenceContext openTimeline(String driverName, String timelineName) {
    return openTimeline(
        driverName, timelineName, ContextOwner.unlimited(driverName, FenceContexts::nothing));
  }

  /**
   * As {@link #openTimeline(String, String)}.
   *
   * @param bundle whose context it is, never null
   */
  public FenceContext openTimeline(String driverName, String timelineName, ContextOwner bundle) {
    return opened(
        new TimelineLine(
            this,
            Objects.requireNonNull(driverName, "driverName"),
            Objects.requireNonNull(timelineName, "timelineName"),
            bundle),
        null);
  }

  /** Returns the fence that has completed from the beginning, always the same, never null. */
  public DmaFence stub() {
    return stub;
  }

  /**
   * Makes a fence of its own that has completed from the beginning.
   *
   * @param timestamp when what it stands for completed, in ns on the product's clock
   * @return the fence, never null
   */
  public DmaFence privateStub(long timestamp) {
    return new StubFence(this, timestamp);
  }

  /**
   * Returns a new fence that has completed now, for who signals without having had a fence, never
   * null. Counterpart: {@code dma_fence_allocate_private_stub()}.
   */
  public DmaFence allocateStub() {
    return privateStub(clock.nanos());
  }

  /** Returns how many fences of open contexts have not completed yet. */
  public long pending() {
    return open.stream().mapToLong(FenceLine::pending).sum();
  }

  /** Returns the product's clock, never null. */
  public DmaClock clock() {
    return clock;
  }

  /**
   * Says that this thread is going to wait for a fence, which in debug mode is told of when it
   * could deadlock; for who waits for a fence in a way of its own.
   *
   * @param fence the fence, never null
   */
  public void awaits(DmaFence fence) {
    if (rules != null) {
      rules.awaits(name(fence));
    }
  }

  /** As {@link #awaits}, of the end of its callbacks. */
  void awaitsCallbacks(DmaFence fence) {
    if (rules != null) {
      rules.awaitsCallbacks("The end of the callbacks of " + name(fence));
    }
  }

  /** Not its description, which would ask its producer. */
  private static String name(DmaFence fence) {
    return fence.driverName() + " " + fence.timelineName() + " seq " + fence.seqno();
  }

  /** Begins what fences need in order to complete: a hook of their producer. */
  SignallingSection signalling() {
    return rules == null ? SignallingSection.UNCHECKED : rules.signalling();
  }

  /** Returns a number for a context that needs no {@link FenceContext}. */
  long allocate() {
    Seam.step();
    return lastId.incrementAndGet();
  }

  /** When a fence is made now; {@link DmaFence#NEVER} unless fences are timed. */
  long madeAt() {
    return timed ? clock.nanos() : DmaFence.NEVER;
  }

  private FenceContext opened(FenceLine line, FenceOps ops) {
    open.add(line);
    return new FenceContext(line, ops, dropped);
  }

  private static void nothing() {
    // Nobody is told of the close.
  }

  void closed(FenceLine line) {
    open.remove(line);
  }
}
