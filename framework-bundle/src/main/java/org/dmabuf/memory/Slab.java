package org.dmabuf.memory;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/**
 * A memory file that is mapped once, for as long as its pool lives, and given out by pages.
 *
 * <pre>
 *   page       0 1 2 3 4 5 6 7 ...
 *   taken      1 1 0 0 0 1 0 0
 *   resident   1 1 1 1 0 1 0 0       was given out since the system took it back; it may be dirty
 * </pre>
 *
 * <p>Pages that are resident and not taken can be given back to the system. Guarded by its pool.
 */
final class Slab {
  private final int fd;
  private final int pageSize;
  private final int pages;
  private final MemorySegment segment;
  private final BitSet taken;
  private final BitSet resident;
  private int free;
  private int idle; // resident and not taken

  Slab(int fd, MemorySegment segment, int pageSize) {
    this.fd = fd;
    this.segment = segment;
    this.pageSize = pageSize;
    this.pages = Math.toIntExact(segment.byteSize() / pageSize);
    this.taken = new BitSet(pages);
    this.resident = new BitSet(pages);
    this.free = pages;
  }

  int fd() {
    return fd;
  }

  MemorySegment segment() {
    return segment;
  }

  int pageSize() {
    return pageSize;
  }

  /** Returns how many pages can be taken. */
  int free() {
    return free;
  }

  /** Returns how many pages have memory and can be taken. */
  int idle() {
    return idle;
  }

  /**
   * Takes a run of at most {@code most} pages that begins on a multiple of {@code align}.
   *
   * @return the run, or null when there is no such page
   */
  PageRun take(int align, int most) {
    for (int at = next(0, align); at < pages; at = next(at + 1, align)) {
      int end = Math.min(Math.min(at + most, pages), nextTaken(at));
      if (end - at >= Math.min(most, align)) {
        for (int page = resident.nextSetBit(at);
            page >= 0 && page < end;
            page = resident.nextSetBit(page + 1)) {
          idle--;
        }
        resident.set(at, end);
        taken.set(at, end);
        free -= end - at;
        return new PageRun(this, at, end - at);
      }
      at = end - 1;
    }
    return null;
  }

  void give(PageRun run) {
    taken.clear(run.firstPage(), run.firstPage() + run.pages());
    free += run.pages();
    idle += run.pages();
  }

  /**
   * Gives pages with memory back to the system.
   *
   * @param most how many at most, 1 or more
   * @return how many; 0 where the system cannot or there is none
   */
  int punch(NativeMemory os, int most) {
    int punched = 0;
    int at = nextIdle(0);
    while (at < pages && punched < most) {
      int end = at + 1;
      while (end - at < most - punched && resident.get(end) && !taken.get(end)) {
        end++;
      }
      if (!os.punch(fd, (long) at * pageSize, (long) (end - at) * pageSize)) {
        return punched;
      }
      resident.clear(at, end);
      idle -= end - at;
      punched += end - at;
      at = nextIdle(end);
    }
    return punched;
  }

  private int nextIdle(int from) {
    int at = resident.nextSetBit(from);
    while (at >= 0 && taken.get(at)) {
      at = resident.nextSetBit(taken.nextClearBit(at));
    }
    return at < 0 ? pages : at;
  }

  private int next(int from, int align) {
    int at = taken.nextClearBit(from);
    return (at + align - 1) / align * align;
  }

  private int nextTaken(int from) {
    int at = taken.nextSetBit(from);
    return at < 0 ? pages : at;
  }
}
