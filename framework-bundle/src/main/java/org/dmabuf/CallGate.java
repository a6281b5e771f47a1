package org.dmabuf;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.dmabuf.fence.HookGate;
import org.dmabuf.seam.Seam;

/**
 * Counts the calls that are inside a driver, and lets none in once it is closed.
 *
 * <pre>
 *   state = CLOSED bit | number of calls inside
 *   OPEN --close--> CLOSED, calls inside --last leaves--> CLOSED, empty
 *
 *   places   [ thread, call ] [ free ] [ thread, call ] ...   who is inside, as far as there is room
 * </pre>
 *
 * <p>Places are for telling and for interrupting only: who finds none is counted all the same.
 */
final class CallGate implements HookGate {
  private static final long CLOSED = 1L << 62;
  private static final int PLACES = 32;
  private static final int NO_PLACE = -1;

  /** A call that is inside. */
  record Inside(Thread thread, String call) {
    @Override
    public String toString() {
      return "'" + call + "' on thread " + thread.getName();
    }
  }

  /** What one thread has inside. */
  private static final class Mine {
    int count;
    int place = NO_PLACE; // of the outermost call
  }

  private final AtomicLong state = new AtomicLong();
  // How many of the calls inside are this thread's own: a close from within does not wait for them.
  private final ThreadLocal<Mine> mine = ThreadLocal.withInitial(Mine::new);
  private final AtomicReferenceArray<Thread> threads = new AtomicReferenceArray<>(PLACES);
  private final AtomicReferenceArray<String> calls = new AtomicReferenceArray<>(PLACES);
  private volatile Thread waiter;

  /**
   * Enters; false when the gate is closed.
   *
   * @param call for messages, never null
   */
  @Override
  public boolean enter(String call) {
    long now = state.get();
    while ((now & CLOSED) == 0) {
      Seam.step();
      if (state.compareAndSet(now, now + 1)) {
        Mine own = mine.get();
        if (own.count++ == 0) {
          own.place = takePlace(call);
        }
        return true;
      }
      now = state.get();
    }
    return false;
  }

  @Override
  public void exit() {
    Mine own = mine.get();
    if (--own.count == 0 && own.place != NO_PLACE) {
      threads.setRelease(own.place, null);
      own.place = NO_PLACE;
    }
    Seam.step();
    if ((state.decrementAndGet() & CLOSED) != 0) {
      Thread waiting = waiter; // null once it waits no longer
      if (waiting != null) {
        Seam.unpark(waiting);
      }
    }
  }

  /** Returns whether the calling thread is inside. */
  boolean isInside() {
    return mine.get().count > 0;
  }

  /** Returns the calls of other threads that are inside, as far as they found a place. */
  List<Inside> inside() {
    List<Inside> all = new ArrayList<>();
    for (int i = 0; i < PLACES; i++) {
      Thread thread = threads.getAcquire(i);
      String call = calls.getAcquire(i);
      if (thread != null && thread != Thread.currentThread()) {
        all.add(new Inside(thread, call));
      }
    }
    return all;
  }

  /**
   * Closes and waits until no call of another thread is inside; returns whether that was so in
   * time.
   */
  boolean closeAndDrain(DmaClock clock, long timeoutNanos) {
    Thread me = Thread.currentThread();
    long empty = CLOSED | mine.get().count;
    Seam.step();
    waiter = me;
    Seam.step();
    state.updateAndGet(now -> now | CLOSED);
    if (state.get() == empty) {
      return true;
    }
    long deadline = clock.nanos() + timeoutNanos;
    DmaClock.Timer timer = clock.schedule(deadline, () -> Seam.unpark(me));
    boolean interrupted = false;
    try {
      while (state.get() != empty && deadline - clock.nanos() > 0) {
        Seam.park(this);
        interrupted |= Thread.interrupted();
      }
      return state.get() == empty;
    } finally {
      timer.cancel();
      waiter = null;
      if (interrupted) {
        me.interrupt();
      }
    }
  }

  private int takePlace(String call) {
    Thread me = Thread.currentThread();
    int first = (int) me.threadId() & (PLACES - 1);
    for (int i = 0; i < PLACES; i++) {
      int place = (first + i) & (PLACES - 1);
      if (threads.get(place) == null) {
        Seam.step();
        if (!threads.compareAndSet(place, null, me)) {
          continue;
        }
        calls.setRelease(place, call);
        return place;
      }
    }
    return NO_PLACE;
  }
}
