package org.dmabuf.fence;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * A one-shot completion as its consumers see it: pending, then completed for ever, with or without
 * an error. Nothing here completes it: that is its producer's, who has the {@link FenceContext}.
 *
 * <pre>
 *   PENDING --signal--> COMPLETED (error absent)
 *           --fail----> COMPLETED (error present)
 *
 *   ContextFence   a driver's work, a device's number or a point of a timeline; its {@link
 *                  FenceContext} completes it
 *   FenceArray     several that are waited for as one; completes with its members
 *   FenceChain     a point of a timeline; completes with its fence and all points before
 *   StubFence      nothing to wait for
 * </pre>
 *
 * <p>It holds strings and framework objects only, so it stays usable when its driver's bundle is
 * gone. Thread-safe. Kernel counterpart: {@code struct dma_fence}.
 */
public abstract sealed class DmaFence extends Completion
    permits ContextFence, ContainerFence, StubFence {
  /** Stands for no time. */
  static final long NEVER = Long.MIN_VALUE;

  DmaFence() {}

  /** Returns what stands behind it, never null. */
  public abstract FenceKind kind();

  /** Returns the number of the fence's context; 0 for a stub. */
  public abstract long contextId();

  /**
   * Returns the sequence number in its context: 1 or more for drivers, 0 to 2^32 - 1 on a timeline,
   * 64 bits without sign for a chain.
   */
  public abstract long seqno();

  /** Returns the name of the driver that made it, never null. */
  public abstract String driverName();

  /** Returns the name of its timeline, never null. */
  public abstract String timelineName();

  /** Returns whether all that it stands for is of one context. */
  public boolean matchesContext(long id) {
    return contextId() == id;
  }

  /**
   * Hints that somebody needs it to complete by a time; the earliest such time counts.
   *
   * @param nanos the time on the product's clock
   */
  public void setDeadline(long nanos) {}

  /** Returns the earliest deadline of who hinted at one, in ns on the product's clock. */
  public OptionalLong deadline() {
    return OptionalLong.empty();
  }

  /**
   * Returns when it was made, in ns on the product's clock; empty unless the product notes that, as
   * it does when it looks for leaks.
   */
  public OptionalLong madeAt() {
    return OptionalLong.empty();
  }

  /** Returns whether it has completed, with or without an error. */
  public final boolean isSignaled() {
    return isComplete() || seesCompletion();
  }

  /** Returns the kernel's status: 0 while pending, 1 after success, else the negative error. */
  public final int status() {
    if (!isSignaled()) {
      return 0;
    }
    return completedWith() == null ? 1 : -completedWith().number();
  }

  /** Returns the error it completed with; empty while pending and after success. */
  public final Optional<Errno> error() {
    return isSignaled() ? Optional.ofNullable(completedWith()) : Optional.empty();
  }

  /** Returns the time on the product's clock, in ns, at which it completed; 0 while pending. */
  public final long timestamp() {
    return isSignaled() ? completedAt() : 0;
  }

  /**
   * Returns whether this fence comes after another of the same context. The numbers of a timeline
   * are compared in 32 bits that wrap around.
   *
   * @param other the other fence, never null
   * @throws DmaBufException EINVAL when it is of another context: those have no order
   */
  public final boolean isLater(DmaFence other) {
    if (other.contextId() != contextId()) {
      throw new DmaBufException(
          Errno.EINVAL,
          describe() + " was compared with " + other.describe() + "; only one context is ordered");
    }
    return kind().isLater(seqno(), other.seqno());
  }

  /**
   * Returns the later of two fences of one context, or nothing when that one has completed: then
   * there is nothing to wait for.
   *
   * @throws DmaBufException EINVAL when they are of two contexts
   */
  public static Optional<DmaFence> later(DmaFence a, DmaFence b) {
    DmaFence later = a.isLater(b) ? a : b;
    return later.isSignaled() ? Optional.empty() : Optional.of(later);
  }

  /** Returns whether this fence is of another's context and does not come before it. */
  public final boolean isLaterOrSame(DmaFence other) {
    return contextId() == other.contextId() && !kind().isLater(other.seqno(), seqno());
  }

  /**
   * Asks to be told when the fence completes.
   *
   * @param callback what to call, on the signalling thread, never null
   * @return false when the fence has completed already (the kernel's ENOENT): the callback will not
   *     be called
   * @throws DmaBufException EINVAL for null
   */
  public final boolean addCallback(FenceCallback callback) {
    if (callback == null) {
      throw new DmaBufException(
          Errno.EINVAL, "No callback was given to " + describe() + "; the caller is at fault");
    }
    return add(callback);
  }

  /**
   * Takes a callback back.
   *
   * @param callback one that was added, never null
   * @return true when it was still queued and will not be called; false once the fence has
   *     completed or when it was never added
   */
  public final boolean removeCallback(FenceCallback callback) {
    return remove(callback);
  }

  /**
   * Takes a callback back, or waits until it has ended: afterwards it is neither running nor going
   * to run for this fence. It waits for the thread that completed the fence, until that has told
   * all; called on that very thread, so from within a callback, it returns at once.
   *
   * @param callback one that was added, never null
   * @return as {@link #removeCallback}
   * @throws DmaBufException ERESTARTSYS when the thread is interrupted (its flag stays set): then
   *     it may still be running
   */
  public final boolean removeCallbackAndWait(FenceCallback callback) {
    contexts().awaitsCallbacks(this);
    if (remove(callback)) {
      return true;
    }
    awaitTold();
    return false;
  }

  /**
   * Tells the producer that the fence must complete by itself from now on, also when nobody asks
   * it; adding a callback and waiting do so, too. Its hook is called once at most.
   */
  public void enableSignaling() {}

  /**
   * Waits until the fence has completed.
   *
   * @throws DmaBufException ERESTARTSYS when the thread is interrupted (its flag stays set)
   */
  public final void await() {
    FenceWait.forEver(this);
  }

  /**
   * Waits until the fence has completed, at most for a time of the product's clock.
   *
   * @param timeout how long, 0 or more; never null
   * @return whether it has completed
   * @throws DmaBufException EINVAL for a negative timeout; ERESTARTSYS when the thread is
   *     interrupted (its flag stays set)
   */
  public final boolean await(Duration timeout) {
    return FenceWait.await(this, FenceWait.nanos(timeout, this), true);
  }

  /** As {@link #await(Duration)}, on through interrupts; the thread's flag is set afterwards. */
  public final boolean awaitUninterruptibly(Duration timeout) {
    return FenceWait.await(this, FenceWait.nanos(timeout, this), false);
  }

  /**
   * Waits until one of many has completed, at most for a time of the product's clock.
   *
   * @param fences which, 1 or more of one framework, never null; one may be there twice
   * @param timeout how long, 0 or more; never null
   * @return the index of the first in the list that has completed; empty when none has in time
   * @throws DmaBufException EINVAL without fences or for a negative timeout; ERESTARTSYS when the
   *     thread is interrupted (its flag stays set)
   */
  public static OptionalInt awaitAny(List<? extends DmaFence> fences, Duration timeout) {
    if (fences.isEmpty()) {
      throw new DmaBufException(
          Errno.EINVAL, "A wait for the first of no fences; 1 or more would work");
    }
    int first = FenceWait.awaitAny(fences, FenceWait.nanos(timeout, fences.getFirst()));
    return first < 0 ? OptionalInt.empty() : OptionalInt.of(first);
  }

  /** Returns the kernel's description: driver, timeline, sequence number and state. */
  public final String describe() {
    return driverName()
        + " "
        + timelineName()
        + " seq "
        + seqno()
        + (isSignaled() ? " signalled" : " unsignalled");
  }

  @Override
  public final String toString() {
    return describe();
  }

  /** Whose numbers and clock it has. */
  abstract FenceContexts contexts();

  /** Looks whether it is time, where somebody can be asked, and completes. */
  boolean seesCompletion() {
    return false;
  }

  /** Who is to be told has been added. */
  void added() {}

  /** Who was to be told has been taken back. */
  void removed() {}

  final boolean add(Object told) {
    enableSignaling();
    if (!push(told)) {
      return false;
    }
    added();
    return true;
  }

  final boolean remove(Object told) {
    if (!take(told)) {
      return false;
    }
    removed();
    return true;
  }
}
