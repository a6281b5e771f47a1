package org.dmabuf.fence;

import java.util.Objects;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * A timeline of fences and the right to complete them: who holds the context is the producer, who
 * holds only a {@link DmaFence} is a consumer.
 *
 * <pre>
 *   OPEN --close()--> CLOSED (pending fences completed with ECANCELED; no new ones)
 * </pre>
 *
 * <p>Thread-safe. The context's monitor guards only its list of pending fences; callbacks run
 * without it. Kernel counterpart: a context number of {@code dma_fence_context_alloc()} together
 * with {@code dma_fence_init()}, {@code dma_fence_signal()} and {@code dma_fence_set_error()}.
 */
public final class FenceContext implements AutoCloseable {
  private enum State {
    OPEN,
    CLOSED
  }

  private final FenceContexts owner;
  private final long id;
  private final String driverName;
  private final String timelineName;
  private State state = State.OPEN;
  private long lastSeqno;
  private int pending;
  private DmaFence first;
  private DmaFence last;

  FenceContext(FenceContexts owner, long id, String driverName, String timelineName) {
    this.owner = owner;
    this.id = id;
    this.driverName = Objects.requireNonNull(driverName, "driverName");
    this.timelineName = Objects.requireNonNull(timelineName, "timelineName");
  }

  /** Returns the context's number, unique in the product, 1 or more. */
  public long id() {
    return id;
  }

  /** Returns the driver's name, never null. */
  public String driverName() {
    return driverName;
  }

  /** Returns the timeline's name, never null. */
  public String timelineName() {
    return timelineName;
  }

  /** Returns how many fences of this context have not completed yet. */
  public synchronized int pending() {
    return pending;
  }

  /**
   * Makes the next fence of the timeline, pending.
   *
   * @return the fence, never null
   * @throws DmaBufException ECANCELED when the context is closed
   */
  public DmaFence create() {
    synchronized (this) {
      if (state == State.OPEN) {
        DmaFence fence = new DmaFence(this, ++lastSeqno);
        fence.previous = last;
        if (last == null) {
          first = fence;
        } else {
          last.next = fence;
        }
        last = fence;
        pending++;
        return fence;
      }
    }
    throw new DmaBufException(
        Errno.ECANCELED, "A fence was asked of " + describe() + ", which is closed; open another");
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
    return complete(fence, null);
  }

  /**
   * Completes a fence of this context with an error.
   *
   * @param fence a fence of this context, never null
   * @param error why the work behind it failed, never null
   * @return false when it had completed already, which changes nothing
   * @throws DmaBufException EINVAL when the fence is null or not of this context
   */
  public boolean fail(DmaFence fence, Errno error) {
    return complete(fence, Objects.requireNonNull(error, "error"));
  }

  /**
   * Ends the timeline: no new fences; those still pending complete with ECANCELED, in order.
   * Calling it again changes nothing.
   */
  @Override
  public void close() {
    synchronized (this) {
      state = State.CLOSED;
    }
    for (DmaFence fence = oldest(); fence != null; fence = oldest()) {
      complete(fence, Errno.ECANCELED);
    }
    owner.closed(this);
  }

  /** Returns whether it is closed. */
  public synchronized boolean isClosed() {
    return state == State.CLOSED;
  }

  FenceContexts contexts() {
    return owner;
  }

  String describe() {
    return "fence context " + id + " (" + driverName + " " + timelineName + ")";
  }

  private synchronized DmaFence oldest() {
    return first;
  }

  private boolean complete(DmaFence fence, Errno error) {
    if (fence == null || fence.context() != this) {
      throw new DmaBufException(
          Errno.EINVAL, fence + " was to be signalled by " + describe() + "; its own context can");
    }
    long now = owner.clock().nanos();
    Object toTell;
    synchronized (this) {
      // Unlinking the fence and changing its state are one step: it completes exactly once, and who
      // hears that it had completed already finds it so.
      if (!fence.linked) {
        return false;
      }
      fence.linked = false;
      if (fence.previous == null) {
        first = fence.next;
      } else {
        fence.previous.next = fence.next;
      }
      if (fence.next == null) {
        last = fence.previous;
      } else {
        fence.next.previous = fence.previous;
      }
      fence.previous = null;
      fence.next = null;
      pending--;
      toTell = fence.complete(error, now);
    }
    fence.tell(toTell);
    return true;
  }
}
