package org.dmabuf.memory;

import java.lang.foreign.MemorySegment;
import java.util.BitSet;

/**
 * A memory file that is mapped once, for as long as its pool lives, and given out by pages.
 *
 * <pre>
 *   page   0 1 2 3 4 5 6 7 ...          taken   1 1 0 0 0 1 0 0
 * </pre>
 *
 * <p>Guarded by its pool.
 */
final class Slab {
  private final int fd;
  private final int pageSize;
  private final int pages;
  private final MemorySegment segment;
  private final BitSet taken;
  private int free;

  Slab(int fd, MemorySegment segment, int pageSize) {
    this.fd = fd;
    this.segment = segment;
    this.pageSize = pageSize;
    this.pages = Math.toIntExact(segment.byteSize() / pageSize);
    this.taken = new BitSet(pages);
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

  int free() {
    return free;
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
