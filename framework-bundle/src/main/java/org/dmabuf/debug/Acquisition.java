package org.dmabuf.debug;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.List;

/**
 * The note of one thing that a client took: what, when and where.
 *
 * <pre>
 *   HELD --released()--> over           given back
 *     +---collected----> a leak, told by whoever takes or asks next
 *     +---client ends--> a leak
 * </pre>
 *
 * <p>Of the thing itself it keeps text only. Thread-safe.
 */
public final class Acquisition extends WeakReference<Object> {
  private final LeakTracker tracker;
  private final LeakKind kind;
  private final String what;
  private final long sinceNanos;
  private final List<StackTraceElement> places;

  Acquisition(
      LeakTracker tracker,
      LeakKind kind,
      Object thing,
      ReferenceQueue<Object> dropped,
      String what,
      long sinceNanos,
      List<StackTraceElement> places) {
    super(thing, dropped);
    this.tracker = tracker;
    this.kind = kind;
    this.what = what;
    this.sinceNanos = sinceNanos;
    this.places = places;
  }

  /** Says that the thing was given back. Idempotent. */
  public void released() {
    clear();
    tracker.forget(this);
  }

  /** Returns where it was taken: the caller of the framework first; never null. */
  public List<StackTraceElement> places() {
    return places;
  }

  /** Returns for how long it has been held, 0 or more. */
  public long ageNanos() {
    return Math.max(0, tracker.nanos() - sinceNanos);
  }

  /** Tells of a leak, unless the thing was given back in time. */
  void dropped() {
    if (tracker.forget(this)) {
      tracker.tell(leak(Leak.Cause.DROPPED));
    }
  }

  Leak leak(Leak.Cause cause) {
    return new Leak(kind, cause, tracker.client(), what, places, ageNanos(), 1);
  }
}
