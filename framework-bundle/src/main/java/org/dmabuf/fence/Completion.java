package org.dmabuf.fence;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.seam.Seam;

/**
 * The one change of state of a fence, and those who are to be told of it.
 *
 * <pre>
 *   head:     null | Node -> Node ...   pending, newest first
 *             CLAIMED                   one thread writes the error and the time: a few instructions
 *             DONE                      for ever
 *
 *   telling:  null                      nobody is being told: pending, or all have been
 *             Thread                    that one tells, since before DONE was seen
 *             Ending -> Ending ...      ... and these threads wait until it has
 * </pre>
 *
 * <p>There is no lock: head changes by compare-and-set, and the list that hangs from it never
 * changes. Who adds does so before CLAIMED and will be told, or finds CLAIMED and knows that it
 * will not: none is lost between. Who finds CLAIMED spins until DONE, so that a fence that was said
 * to have completed is seen so.
 */
abstract sealed class Completion permits DmaFence {
  /** What {@link #complete} returns when another thread has completed it. */
  static final Node LOST = new Node(null);

  private static final Node CLAIMED = new Node(null);
  private static final Node DONE = new Node(null);
  private static final VarHandle HEAD;
  private static final VarHandle TELLING;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      HEAD = lookup.findVarHandle(Completion.class, "head", Node.class);
      TELLING = lookup.findVarHandle(Completion.class, "telling", Object.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  /** A place in the list of those to be told: a {@link FenceCallback} or a {@link FenceWait}. */
  static final class Node {
    private final Object told;
    private Node next; // written before the node is published only
    private Node turned; // the list in the order of adding; only who completed the fence uses it

    private Node(Object told) {
      this.told = told;
    }
  }

  /** A thread that waits until all have been told. */
  private record Ending(Thread teller, Thread waiter, Ending next) {}

  // Written by the one who claimed it, read only after DONE was seen.
  private Errno error;
  private long timestamp;

  @SuppressWarnings("UnusedVariable") // through HEAD
  private volatile Node head;

  @SuppressWarnings("UnusedVariable") // through TELLING
  private volatile Object telling;

  Completion() {}

  final boolean isComplete() {
    Seam.step();
    return HEAD.getAcquire(this) == DONE;
  }

  /** Whether somebody is to be told. */
  final boolean isAwaited() {
    Seam.step();
    Node now = (Node) HEAD.getVolatile(this);
    return now != null && now != CLAIMED && now != DONE;
  }

  /** The error; null after success. Only once it is complete. */
  final Errno completedWith() {
    return error;
  }

  /** The time. Only once it is complete. */
  final long completedAt() {
    return timestamp;
  }

  /** Completes it and tells; false when another thread has completed it, which is seen then. */
  final boolean finish(Errno why, long now) {
    Node newest = complete(why, now);
    if (newest == LOST) {
      return false;
    }
    tell(newest);
    return true;
  }

  /**
   * The one change of state; who made it must call {@link #tell} with what this returns.
   *
   * @return who is to be told, newest first; null when nobody is; {@link #LOST} when another thread
   *     has made the change
   */
  final Node complete(Errno why, long now) {
    Node was = (Node) HEAD.getVolatile(this);
    while (true) {
      if (was == DONE || was == CLAIMED) {
        awaitDone();
        return LOST;
      }
      Seam.step();
      Node seen = (Node) HEAD.compareAndExchange(this, was, CLAIMED);
      if (seen == was) {
        break;
      }
      was = seen;
    }
    Seam.step();
    error = why;
    timestamp = now;
    if (was != null) {
      TELLING.set(this, Thread.currentThread()); // seen by whoever sees DONE
    }
    Seam.step();
    HEAD.setRelease(this, DONE);
    return was;
  }

  /** Tells those that {@link #complete} returned, in the order of adding, with no lock held. */
  final void tell(Node newest) {
    if (newest == null) {
      return;
    }
    Node oldest = null;
    for (Node node = newest; node != null; node = node.next) {
      node.turned = oldest;
      oldest = node;
    }
    for (Node node = oldest; node != null; node = node.turned) {
      if (node.told instanceof FenceWait wait) {
        wait.wake();
      } else {
        ((FenceCallback) node.told).call((DmaFence) this);
      }
    }
    Seam.step();
    if (TELLING.getAndSet(this, null) instanceof Ending newestWaiter) {
      for (Ending each = newestWaiter; each != null; each = each.next) {
        Seam.unpark(each.waiter);
      }
    }
  }

  /** Adds who is to be told; false once it has completed, which is seen then. */
  final boolean push(Object told) {
    Node node = new Node(told);
    Node now = (Node) HEAD.getVolatile(this);
    while (true) {
      if (now == DONE || now == CLAIMED) {
        awaitDone();
        return false;
      }
      node.next = now;
      Seam.step();
      Node seen = (Node) HEAD.compareAndExchange(this, now, node);
      if (seen == now) {
        return true;
      }
      now = seen;
    }
  }

  /** Takes one place back; false once the state has changed, for then it will be told. */
  final boolean take(Object told) {
    while (true) {
      Node now = (Node) HEAD.getVolatile(this);
      Node found = now;
      while (found != null && found.told != told) {
        found = found.next;
      }
      if (found == null) {
        // It was never added, or the state has changed: CLAIMED and DONE have nobody. Only once
        // that
        // is to be seen is it known who tells, for whom a removal may have to wait.
        if (now == CLAIMED) {
          awaitDone();
        }
        return false;
      }
      Seam.step();
      if (HEAD.compareAndSet(this, now, without(now, found))) {
        return true;
      }
    }
  }

  /**
   * Waits until all have been told. At once while it is pending, and on the very thread that tells:
   * that one cannot wait for its own end.
   */
  final void awaitTold() {
    Thread me = Thread.currentThread();
    while (true) {
      Seam.step();
      Object now = TELLING.getVolatile(this);
      if (now == null) {
        return;
      }
      Ending others = now instanceof Ending waiting ? waiting : null;
      Thread teller = others == null ? (Thread) now : others.teller;
      if (teller == me) {
        return;
      }
      Seam.step();
      if (TELLING.compareAndSet(this, now, new Ending(teller, me, others))) {
        break;
      }
    }
    // It is set once and cleared once, so null means the end also for who looks late.
    while (isTelling()) {
      if (me.isInterrupted()) {
        // The place stays behind: the teller unparks this thread for nothing, which all who park
        // expect.
        throw new DmaBufException(
            Errno.ERESTARTSYS, "Interrupted in a wait for the end of the callbacks of " + this);
      }
      Seam.park(this);
    }
  }

  private boolean isTelling() {
    Seam.step();
    return TELLING.getVolatile(this) != null;
  }

  /** What is older than the place is shared, what is newer is copied in its order. */
  private static Node without(Node newest, Node place) {
    Node kept = place.next;
    Node lastCopy = null;
    for (Node node = newest; node != place; node = node.next) {
      Node copy = new Node(node.told);
      copy.next = place.next;
      if (lastCopy == null) {
        kept = copy;
      } else {
        lastCopy.next = copy;
      }
      lastCopy = copy;
    }
    return kept;
  }

  private void awaitDone() {
    for (int spins = 0; HEAD.getAcquire(this) != DONE; spins++) {
      Seam.spin(spins);
    }
  }
}
