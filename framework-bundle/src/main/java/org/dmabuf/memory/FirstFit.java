package org.dmabuf.memory;

import java.util.Map;
import java.util.TreeMap;

/**
 * Which parts of a region are free: a run is taken from the lowest hole that is long enough, and
 * holes that touch become one when a run comes back.
 *
 * <pre>
 *   0         8         16        24        32
 *   [ taken   |  hole   | taken   |  hole   ]     take(4): at 8       give(16, 8): one hole 8 to 32
 * </pre>
 *
 * <p>Numbers are bytes. Guarded by its region. Kernel counterpart: {@code cma_alloc}.
 */
final class FirstFit {
  static final long NONE = -1;

  private final TreeMap<Long, Long> holes = new TreeMap<>(); // start to end
  private long free;

  /** Makes one hole of the whole region. */
  FirstFit(long bytes) {
    holes.put(0L, bytes);
    free = bytes;
  }

  /** Returns where a run of that many bytes begins, 1 or more; {@link #NONE} when no hole fits. */
  long take(long bytes) {
    long start = firstOf(bytes);
    if (start != NONE) {
      long end = holes.remove(start);
      if (end - start > bytes) {
        holes.put(start + bytes, end);
      }
      free -= bytes;
    }
    return start;
  }

  private long firstOf(long bytes) {
    for (Map.Entry<Long, Long> hole : holes.entrySet()) {
      if (hole.getValue() - hole.getKey() >= bytes) {
        return hole.getKey();
      }
    }
    return NONE;
  }

  /** Takes back a run that {@link #take} gave. */
  void give(long start, long bytes) {
    long from = start;
    long to = start + bytes;
    Map.Entry<Long, Long> before = holes.floorEntry(start);
    if (before != null && before.getValue() == start) {
      from = before.getKey();
    }
    Long after = holes.remove(to);
    if (after != null) {
      to = after;
    }
    holes.put(from, to);
    free += bytes;
  }

  /** Returns the bytes of all holes. */
  long free() {
    return free;
  }

  /** Returns the bytes of the longest hole, 0 when there is none. */
  long longest() {
    long longest = 0;
    for (Map.Entry<Long, Long> hole : holes.entrySet()) {
      longest = Math.max(longest, hole.getValue() - hole.getKey());
    }
    return longest;
  }

  /** Returns how many holes there are. */
  int holes() {
    return holes.size();
  }
}
