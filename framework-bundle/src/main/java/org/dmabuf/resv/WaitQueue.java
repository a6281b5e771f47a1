package org.dmabuf.resv;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.seam.Seam;

/**
 * Who waits for a ww-mutex, in order of arrival; of contexts that follow each other the older one
 * first.
 *
 * <pre>
 *   [context 3] [context 8] [no context] [context 5]       5 came after the one without a context
 *    first: is woken, or given the mutex
 * </pre>
 *
 * <p>Guarded by its own monitor, which is never held across a park, a step or a call outwards; only
 * whether it is empty is read without.
 */
final class WaitQueue {
  private static final VarHandle SIZE;

  static {
    try {
      SIZE = MethodHandles.lookup().findVarHandle(WaitQueue.class, "size", int.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  /** One thread in one wait. */
  static final class Waiter {
    final Thread thread;
    final AcquireContext context; // null: without one
    private boolean wokenInVain; // guarded by the queue's monitor

    Waiter(Thread thread, AcquireContext context) {
      this.thread = thread;
      this.context = context;
    }
  }

  private final List<Waiter> waiters = new ArrayList<>(2);

  @SuppressWarnings("UnusedVariable") // through SIZE
  private volatile int size;

  /**
   * Whoever frees the mutex looks here after that, and whoever waits looks at the mutex after it
   * has been added: so one of the two sees the other.
   */
  boolean isEmpty() {
    Seam.step();
    return (int) SIZE.getVolatile(this) == 0;
  }

  void add(Waiter place) {
    Seam.step();
    synchronized (this) {
      int at = waiters.size();
      while (at > 0 && isOlder(place, waiters.get(at - 1))) {
        at--;
      }
      waiters.add(at, place);
      SIZE.setVolatile(this, waiters.size());
    }
  }

  void remove(Waiter place) {
    Seam.step();
    synchronized (this) {
      if (waiters.remove(place)) {
        SIZE.setVolatile(this, waiters.size());
      }
    }
  }

  /** Returns whether an older context waits before a place. */
  synchronized boolean hasOlderBefore(Waiter place) {
    for (Waiter before : waiters) {
      if (before == place) {
        return false;
      }
      if (isOlder(before, place)) {
        return true;
      }
    }
    return false;
  }

  synchronized void wakeFirst() {
    if (!waiters.isEmpty()) {
      Seam.unpark(waiters.getFirst().thread);
    }
  }

  synchronized void wakeAll() {
    for (Waiter each : waiters) {
      Seam.unpark(each.thread);
    }
  }

  /** Notes that a waiter found the mutex taken once more; only of the first is that of interest. */
  synchronized void wokenInVain(Waiter place) {
    place.wokenInVain = !waiters.isEmpty() && waiters.getFirst() == place;
  }

  /** Takes out the first waiter when it was woken in vain before; else null. */
  synchronized Waiter takePassedOver() {
    if (waiters.isEmpty() || !waiters.getFirst().wokenInVain) {
      return null;
    }
    Waiter next = waiters.removeFirst();
    SIZE.setVolatile(this, waiters.size());
    return next;
  }

  private static boolean isOlder(Waiter one, Waiter other) {
    return one.context != null && other.context != null && one.context.isOlderThan(other.context);
  }
}
