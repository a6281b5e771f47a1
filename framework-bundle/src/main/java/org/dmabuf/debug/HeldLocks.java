package org.dmabuf.debug;

import java.util.ArrayList;
import java.util.List;

/** What one thread holds, and whether it is where fences are signalled. Belongs to that thread. */
final class HeldLocks {
  /** Where a lock was taken; does not hold the lock. */
  record Site(LockRank rank, String name, List<StackTraceElement> places, String thread) {}

  /** A lock that is held. */
  record Held(Object lock, Object context, Site site) {}

  private final List<Held> held = new ArrayList<>(2);
  private int sections;
  private List<StackTraceElement> begun = List.of();

  List<Held> held() {
    return held;
  }

  boolean isSignalling() {
    return sections > 0;
  }

  /** Where the outermost section began. */
  List<StackTraceElement> begun() {
    return begun;
  }

  boolean isEmpty() {
    return held.isEmpty() && sections == 0;
  }

  void begin(List<StackTraceElement> here) {
    if (sections++ == 0) {
      begun = here;
    }
  }

  void end() {
    sections = Math.max(0, sections - 1);
  }
}
