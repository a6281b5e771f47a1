package org.dmabuf.fence;

import java.lang.ref.Reference;
import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.fault.FaultKind;
import org.dmabuf.fault.FaultRule;
import org.dmabuf.seam.Seam;

/**
 * The producer's side of fences: a timeline and the right to complete what is on it. Who holds only
 * a {@link DmaFence} is a consumer. The right is that of the context, not of an object for each
 * fence: so making and completing a fence makes nothing but the fence.
 *
 * <pre>
 *   OPEN --close(), or its bundle stops-----> CLOSED   pending fences: ECANCELED, of a timeline ENOENT
 *        --its last reference is dropped----> CLOSED   pending fences: EDEADLK when somebody waits,
 *                                                      else as above
 *        --a fence is pending too long------> OPEN     that fence: ETIMEDOUT, when a limit was given
 * </pre>
 *
 * <p>Whatever becomes of the producer, its fences complete. Thread-safe; callbacks run with no lock
 * held. Kernel counterpart: a context number of {@code dma_fence_context_alloc()} together with
 * {@code dma_fence_init()}, {@code dma_fence_signal()} and {@code dma_fence_set_error()}; of
 * Rust's, {@code DriverFence}.
 */
public final class FenceContext implements AutoCloseable {
  private final FenceLine line;
  private final DroppedContexts.Watch watch; // null when nobody looks after it
  private volatile FenceOps ops; // null without, and once closed

  FenceContext(FenceLine line, FenceOps ops, DroppedContexts dropped) {
    this.line = line;
    this.ops = ops;
    if (ops != null) {
      line.hooked(this);
    }
    this.watch = dropped == null ? null : dropped.watch(this, line);
  }

  /** Returns the context's number, unique in the product, 1 or more. */
  public long id() {
    return line.id();
  }

  /** Returns the driver's name, never null. */
  public String driverName() {
    return line.driverName();
  }

  /** Returns the timeline's name, never null. */
  public String timelineName() {
    return line.timelineName();
  }

  /** Returns what its fences stand for, DRIVER, HARDWARE or TIMELINE. */
  public FenceKind kind() {
    return line.kind();
  }

  /** Returns how many fences of this context have not completed yet; takes a look at each. */
  public int pending() {
    return line.pending();
  }

  /** Returns how the books of its bundle have it, always the same, never null. */
  public OpenContext entry() {
    return line;
  }

  /**
   * Makes the next fence of the timeline, pending.
   *
   * @return the fence, never null
   * @throws DmaBufException ECANCELED when the context is closed; EDQUOT when its bundle has as
   *     many pending as it may
   */
  public DmaFence create() {
    return line.create();
  }

  /**
   * Makes a fence with a number of the caller's. It is pending, unless a timeline has come to its
   * number already.
   *
   * @param seqno the number; its low 32 bits count, except of kind DRIVER
   * @return the fence, never null
   * @throws DmaBufException ECANCELED when the context is closed; EDQUOT when its bundle has as
   *     many pending as it may
   */
  public DmaFence create(long seqno) {
    return line.create(seqno);
  }

  /** Returns the number that a timeline has come to, 0 to 2^32 - 1; 0 of another kind. */
  public long reached() {
    return line.reached();
  }

  /**
   * Moves a timeline on, and completes in order, without error, the fences whose numbers it comes
   * to. All of them have changed their state before the first callback runs.
   *
   * @param by how far; its low 32 bits count
   * @throws DmaBufException EINVAL when it is no timeline
   */
  public void advance(long by) {
    try {
      line.advance(by);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Completes a fence of this context without error. Its callbacks run on this thread, in the order
   * in which they were added, before this returns.
   *
   * @param fence a fence of this context, never null
   * @return false when it had completed already (the kernel's EINVAL), which changes nothing
   * @throws DmaBufException EINVAL when the fence is null or not of this context
   */
  public boolean signal(DmaFence fence) {
    return complete(fence, null, line.owner().clock().nanos());
  }

  /**
   * As {@link #signal(DmaFence)}, for work that was done before: a device may know when.
   *
   * @param timestamp the time of completion, in ns on the product's clock
   */
  public boolean signal(DmaFence fence, long timestamp) {
    return complete(fence, null, timestamp);
  }

  /**
   * Completes a fence of this context with an error; its callbacks run as of one without.
   *
   * @param fence a fence of this context, never null
   * @param error why the work behind it failed, never null
   * @return false when it had completed already, which changes nothing
   * @throws DmaBufException EINVAL when the fence is null or not of this context, or without an
   *     error
   */
  public boolean fail(DmaFence fence, Errno error) {
    if (error == null) {
      throw new DmaBufException(
          Errno.EINVAL, fence + " was to fail for no reason; an error says why the work failed");
    }
    return complete(fence, error, line.owner().clock().nanos());
  }

  /**
   * Asks the producer's hook for each pending fence, oldest first, and completes those whose work
   * is done; for a producer that knows that something has changed, not what. A timeline has no
   * hooks.
   */
  public void poll() {
    try {
      line.poll();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Ends the timeline: no new fences; those still pending complete in order, with ECANCELED or, on
   * a software timeline, ENOENT. Calling it again changes nothing.
   */
  @Override
  public void close() {
    Seam.step();
    ops = null;
    line.close();
    if (watch != null) {
      watch.stop();
    }
  }

  /** Returns whether it is closed. */
  public boolean isClosed() {
    return line.isClosed();
  }

  FenceLine line() {
    return line;
  }

  FenceOps ops() {
    return line.isClosed() ? null : ops;
  }

  private boolean complete(DmaFence fence, Errno error, long now) {
    if (!(fence instanceof ContextFence ours) || ours.line() != line) {
      throw new DmaBufException(
          Errno.EINVAL, fence + " was to be signalled by " + line + "; its own context can");
    }
    if (line.faults().isOn()) {
      return completeStruck(ours, error, now);
    }
    try {
      return line.complete(ours, error, now);
    } finally {
      // This may be the last use of the context: it is not dropped before the fence is done.
      Reference.reachabilityFence(this);
    }
  }

  /** A completion that is lost is one that the producer believes in. */
  private boolean completeStruck(ContextFence fence, Errno error, long now) {
    Optional<FaultRule> struck =
        line.faults().completion("The completion of " + line + " seq " + fence.seqno());
    if (struck.isEmpty()) {
      return line.complete(fence, error, now);
    }
    return struck.get().kind() == FaultKind.HANG || line.complete(fence, struck.get().errno(), now);
  }
}
