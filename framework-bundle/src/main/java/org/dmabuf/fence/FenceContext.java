package org.dmabuf.fence;

import java.util.Objects;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * A timeline of fences and the right to complete them: who holds the context is the producer, who
 * holds only a {@link DmaFence} is a consumer.
 *
 * <pre>
 *   OPEN --close()--> CLOSED (pending fences completed with an error; no new ones)
 *
 *   pending   first [seqno 3] - [5] - [5] - [9] last      in order, whatever order they came in
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

  private static final long U32 = 0xffff_ffffL;

  private final FenceContexts owner;
  private final long id;
  private final FenceKind kind;
  private final String driverName;
  private final String timelineName;
  private final Runnable whenClosed;
  private State state = State.OPEN;
  private long lastSeqno;
  private long reached; // of a timeline
  private int pending;
  private ContextFence first;
  private ContextFence last;

  FenceContext(
      FenceContexts owner,
      long id,
      FenceKind kind,
      String driverName,
      String timelineName,
      Runnable whenClosed) {
    this.owner = owner;
    this.id = id;
    this.kind = kind;
    this.driverName = Objects.requireNonNull(driverName, "driverName");
    this.timelineName = Objects.requireNonNull(timelineName, "timelineName");
    this.whenClosed = Objects.requireNonNull(whenClosed, "whenClosed");
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

  /** Returns what its fences stand for, DRIVER or TIMELINE. */
  public FenceKind kind() {
    return kind;
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
      checkOpen();
      return link(lastSeqno + 1);
    }
  }

  /**
   * Makes a fence with a number of the caller's. It is pending, unless a timeline has come to its
   * number already.
   *
   * @param seqno the number; on a timeline its low 32 bits count
   * @return the fence, never null
   * @throws DmaBufException ECANCELED when the context is closed
   */
  public DmaFence create(long seqno) {
    if (kind != FenceKind.TIMELINE) {
      synchronized (this) {
        checkOpen();
        return link(seqno);
      }
    }
    long number = seqno & U32;
    long now = owner.clock().nanos();
    synchronized (this) {
      checkOpen();
      if (kind.isLater(number, reached)) {
        return link(number);
      }
    }
    ContextFence past = new ContextFence(this, number);
    past.linked = false;
    past.complete(null, now);
    return past;
  }

  /** Returns the number that a timeline has come to, 0 to 2^32 - 1. */
  public synchronized long reached() {
    return reached;
  }

  /**
   * Moves a timeline on, and completes in order, without error, the fences whose numbers it comes
   * to. All of them have changed their state before the first callback runs.
   *
   * @param by how far; its low 32 bits count
   */
  public void advance(long by) {
    long left = by & U32;
    while (left > Integer.MAX_VALUE) {
      // Not further at once than numbers can be compared.
      step(Integer.MAX_VALUE);
      left -= Integer.MAX_VALUE;
    }
    step(left);
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
   * Ends the timeline: no new fences; those still pending complete in order, with ECANCELED or, on
   * a software timeline, ENOENT. Calling it again changes nothing.
   */
  @Override
  public void close() {
    long now = owner.clock().nanos();
    ContextFence completed;
    synchronized (this) {
      state = State.CLOSED;
      completed =
          completeAll(kind == FenceKind.TIMELINE ? Errno.ENOENT : Errno.ECANCELED, now, false);
    }
    tellAll(completed);
    if (owner.closed(this)) {
      whenClosed.run();
    }
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

  private void checkOpen() {
    if (state == State.CLOSED) {
      throw new DmaBufException(
          Errno.ECANCELED,
          "A fence was asked of " + describe() + ", which is closed; open another");
    }
  }

  /** In its place: at the end, unless it comes before others. */
  private ContextFence link(long seqno) {
    ContextFence fence = new ContextFence(this, seqno);
    ContextFence before = last;
    while (before != null && kind.isLater(before.seqno(), seqno)) {
      before = before.previous;
    }
    ContextFence after = before == null ? first : before.next;
    fence.previous = before;
    fence.next = after;
    if (before == null) {
      first = fence;
    } else {
      before.next = fence;
    }
    if (after == null) {
      last = fence;
    } else {
      after.previous = fence;
    }
    pending++;
    if (kind.isLater(seqno, lastSeqno)) {
      lastSeqno = seqno;
    }
    return fence;
  }

  private void unlink(ContextFence fence) {
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
  }

  private boolean complete(DmaFence fence, Errno error) {
    if (!(fence instanceof ContextFence ours) || ours.context() != this) {
      throw new DmaBufException(
          Errno.EINVAL, fence + " was to be signalled by " + describe() + "; its own context can");
    }
    long now = owner.clock().nanos();
    Object toTell;
    synchronized (this) {
      // Unlinking the fence and changing its state are one step: it completes exactly once, and who
      // hears that it had completed already finds it so.
      if (!ours.linked) {
        return false;
      }
      unlink(ours);
      toTell = ours.complete(error, now);
    }
    ours.tell(toTell);
    return true;
  }

  private void step(long by) {
    long now = owner.clock().nanos();
    ContextFence completed;
    synchronized (this) {
      reached = (reached + by) & U32;
      completed = completeAll(null, now, true);
    }
    tellAll(completed);
  }

  /**
   * Completes in order what is pending; this context's monitor is held.
   *
   * @param reachedOnly whether those later than what the timeline has come to stay pending
   * @return the first that completed, from which the others hang
   */
  private ContextFence completeAll(Errno error, long now, boolean reachedOnly) {
    ContextFence oldest = null;
    ContextFence newest = null;
    while (first != null && !(reachedOnly && kind.isLater(first.seqno(), reached))) {
      ContextFence fence = first;
      unlink(fence);
      fence.toTell = fence.complete(error, now);
      if (newest == null) {
        oldest = fence;
      } else {
        newest.tellNext = fence;
      }
      newest = fence;
    }
    return oldest;
  }

  private static void tellAll(ContextFence oldest) {
    ContextFence completed = oldest;
    while (completed != null) {
      ContextFence next = completed.tellNext;
      Object toTell = completed.toTell;
      completed.tellNext = null;
      completed.toTell = null;
      completed.tell(toTell);
      completed = next;
    }
  }
}
