package org.dmabuf.fence;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaClock;
import org.dmabuf.Errno;

/**
 * A one-shot completion: pending, then completed for ever, with or without an error.
 *
 * <pre>
 *   PENDING --signal--> COMPLETED (error absent)
 *           --fail----> COMPLETED (error present)
 *
 *   head: null | Node -> Node ...    while pending, newest callback first
 *         DONE                       after the one atomic change of state
 *
 *   ContextFence   a driver's work or a point of a timeline; its {@link FenceContext} completes it
 *   FenceArray     several that are waited for as one; completes with its members
 *   FenceChain     a point of a timeline; completes with its fence and all points before
 *   StubFence      nothing to wait for
 * </pre>
 *
 * <p>It holds strings and framework objects only, so it stays usable when its driver's bundle is
 * gone. Thread-safe. Kernel counterpart: {@code struct dma_fence}.
 */
public abstract sealed class DmaFence permits ContextFence, FenceArray, FenceChain, StubFence {
  /** Stands for no time. */
  static final long NEVER = Long.MIN_VALUE;

  private static final VarHandle HEAD;
  private static final Node DONE = new Node(null);

  /** Longer waits, which would overflow a clock in nanoseconds, have no limit. */
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  static {
    try {
      HEAD = MethodHandles.lookup().findVarHandle(DmaFence.class, "head", Node.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  /**
   * A place in the list of those to be told: a {@link FenceCallback}, or the {@link Waiting} of a
   * thread. The list that hangs from head never changes; adding and removing exchange its head.
   */
  private static final class Node {
    final Object told;
    Node next; // written before the node is published only
    Node turned; // the list in the order of adding; only who completed the fence uses it

    Node(Object told) {
      this.told = told;
    }
  }

  /** A thread in {@link #await}; an object of its own, as a thread is told once for each wait. */
  private static final class Waiting {
    final Thread thread;

    Waiting(Thread thread) {
      this.thread = thread;
    }
  }

  // Written before the atomic change of head to DONE, read only after it was seen.
  private Errno error;
  private long timestamp;

  @SuppressWarnings("UnusedVariable") // through HEAD
  private volatile Node head;

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
    return HEAD.getVolatile(this) == DONE || seesCompletion();
  }

  /** Returns the kernel's status: 0 while pending, 1 after success, else the negative error. */
  public final int status() {
    if (!isSignaled()) {
      return 0;
    }
    return error == null ? 1 : -error.number();
  }

  /** Returns the error it completed with; empty while pending and after success. */
  public final Optional<Errno> error() {
    return isSignaled() ? Optional.ofNullable(error) : Optional.empty();
  }

  /** Returns the time on the product's clock, in ns, at which it completed; 0 while pending. */
  public final long timestamp() {
    return isSignaled() ? timestamp : 0;
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
    return push(callback);
  }

  /**
   * Takes a callback back.
   *
   * @param callback one that was added, never null
   * @return true when it was still queued and will not be called; false once the fence has
   *     completed or when it was never added
   */
  public final boolean removeCallback(FenceCallback callback) {
    return take(callback);
  }

  /**
   * Waits until the fence has completed.
   *
   * @throws DmaBufException ERESTARTSYS when the thread is interrupted (its flag stays set)
   */
  public final void await() {
    await(Long.MAX_VALUE);
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
    if (timeout.isNegative()) {
      throw new DmaBufException(
          Errno.EINVAL, "A wait for " + describe() + " of " + timeout + "; it must be 0 or more");
    }
    return await(timeout.compareTo(FOR_EVER) >= 0 ? Long.MAX_VALUE : timeout.toNanos());
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

  /** For those that nobody completes: looks whether it is time, and completes. */
  boolean seesCompletion() {
    return false;
  }

  /** Somebody is going to wait: from now on it must complete by itself. */
  void enableSignaling() {}

  final boolean isComplete() {
    return HEAD.getVolatile(this) == DONE;
  }

  /**
   * The one atomic change of state; called once, by who completes it, who then calls {@link #tell}.
   *
   * @return who is to be told, newest first; null when nobody is
   */
  final Object complete(Errno why, long now) {
    error = why;
    timestamp = now;
    return HEAD.getAndSet(this, DONE);
  }

  /** Tells those that {@link #complete} returned, in the order of adding, with no lock held. */
  final void tell(Object newest) {
    Node oldest = null;
    for (Node node = (Node) newest; node != null; node = node.next) {
      node.turned = oldest;
      oldest = node;
    }
    for (Node node = oldest; node != null; node = node.turned) {
      if (node.told instanceof Waiting waiting) {
        LockSupport.unpark(waiting.thread);
      } else {
        ((FenceCallback) node.told).call(this);
      }
    }
  }

  private boolean push(Object told) {
    enableSignaling();
    Node node = new Node(told);
    while (true) {
      Node now = (Node) HEAD.getVolatile(this);
      if (now == DONE) {
        return false;
      }
      node.next = now;
      if (HEAD.compareAndSet(this, now, node)) {
        return true;
      }
    }
  }

  /** Takes one place back; false once the state has changed, for then it will be told. */
  private boolean take(Object told) {
    while (true) {
      Node now = (Node) HEAD.getVolatile(this);
      Node found = now;
      while (found != null && found.told != told) {
        found = found.next;
      }
      if (found == null || now == DONE) {
        return false;
      }
      // What is older than the place is shared, what is newer is copied in its order.
      Node kept = found.next;
      Node lastCopy = null;
      for (Node node = now; node != found; node = node.next) {
        Node copy = new Node(node.told);
        copy.next = found.next;
        if (lastCopy == null) {
          kept = copy;
        } else {
          lastCopy.next = copy;
        }
        lastCopy = copy;
      }
      if (HEAD.compareAndSet(this, now, kept)) {
        return true;
      }
    }
  }

  private boolean await(long timeoutNanos) {
    if (isSignaled()) {
      return true;
    }
    if (timeoutNanos == 0) {
      return false;
    }
    Thread me = Thread.currentThread();
    Waiting place = new Waiting(me);
    if (!push(place)) {
      return true;
    }
    DmaClock clock = contexts().clock();
    boolean bounded = timeoutNanos != Long.MAX_VALUE;
    long deadline = clock.nanos() + timeoutNanos;
    DmaClock.Timer timer =
        bounded ? clock.schedule(deadline, () -> LockSupport.unpark(me)) : () -> {};
    try {
      while (!isSignaled()) {
        if (me.isInterrupted()) {
          throw new DmaBufException(Errno.ERESTARTSYS, "Interrupted in a wait for " + describe());
        }
        if (bounded && deadline - clock.nanos() <= 0) {
          return isSignaled();
        }
        LockSupport.park(this);
      }
      return true;
    } finally {
      timer.cancel();
      take(place);
    }
  }
}
