package org.dmabuf.debug;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Notes what one client takes.
 *
 * <p>Thread-safe. With level OFF it does nothing.
 */
public final class LeakTracker {
  private final LeakDetector detector; // null: nothing is noted
  private final String client;
  private final Set<Acquisition> held = ConcurrentHashMap.newKeySet(0);

  LeakTracker(LeakDetector detector, String client) {
    this.detector = detector;
    this.client = client;
  }

  /** Returns one that notes nothing. */
  public static LeakTracker off() {
    return new LeakTracker(null, "nobody");
  }

  /** Returns whether anything is noted at all. */
  public boolean isOn() {
    return detector != null;
  }

  /**
   * Notes that the client takes something that can be dropped: the books must not know it.
   *
   * @param thing of which nobody but the client knows, never null
   * @param what its text, asked for only when it is noted; never null
   * @return the note, to be told when the thing is given back; null when it is not noted
   */
  public Acquisition take(LeakKind kind, Object thing, Object what) {
    if (detector == null) {
      return null;
    }
    Acquisition noted = detector.acquired(this, kind, thing, what);
    if (noted != null) {
      held.add(noted);
    }
    return noted;
  }

  /** As {@link #take}, of something that is known to others and therefore never dropped. */
  public Acquisition keep(LeakKind kind, Object what) {
    return take(kind, this, what);
  }

  /**
   * Says that something was given back.
   *
   * @param noted null when it was not noted
   */
  public static void release(Acquisition noted) {
    if (noted != null) {
      noted.released();
    }
  }

  /** Returns all that is still held, which the client can no longer give back; never null. */
  public List<Leak> end() {
    List<Leak> leaks = new ArrayList<>();
    for (Acquisition left : held) {
      if (forget(left)) {
        leaks.add(left.leak(Leak.Cause.HELD_AT_END));
      }
    }
    return leaks;
  }

  /** Tells of a leak: in the log, the first time that its place has one, and among the leaks. */
  public void tell(Leak leak) {
    detector.tell(leak);
  }

  String client() {
    return client;
  }

  long nanos() {
    return detector.nanos();
  }

  boolean forget(Acquisition noted) {
    return held.remove(noted);
  }
}
