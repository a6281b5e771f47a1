package org.dmabuf.memory;

import java.lang.foreign.MemorySegment;
import java.util.List;

/** Adjacent pages of one memory file: what a backing store consists of. */
interface StoreRun {
  /** Returns the descriptor of the memory file. */
  int fd();

  /** Returns where in the file they begin, a multiple of the page size. */
  long offset();

  /** Returns how long they are, a multiple of the page size, 1 page or more. */
  long bytes();

  /** Returns them as a device reaches them, writable; lives as long as the store has users. */
  MemorySegment segment();

  /**
   * Maps part of several runs at adjacent addresses.
   *
   * @param base where the part goes, out of {@link AddressRange}
   * @param runs all runs, in order
   * @param offset where the part begins, counted from the first run's first byte
   * @param bytes how long it is
   * @param protection of the mapping
   */
  static void map(
      NativeMemory os,
      long base,
      List<? extends StoreRun> runs,
      long offset,
      long bytes,
      int protection) {
    long start = 0;
    for (StoreRun run : runs) {
      long from = Math.max(start, offset);
      long to = Math.min(start + run.bytes(), offset + bytes);
      if (from < to) {
        long at = run.offset() + from - start;
        os.mapAt(base + from - offset, run.fd(), at, to - from, protection);
      }
      start += run.bytes();
    }
  }
}
