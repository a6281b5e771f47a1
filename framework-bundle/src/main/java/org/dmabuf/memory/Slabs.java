package org.dmabuf.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * The slabs of a pool, and which of their pages a buffer gets: the largest aligned runs that there
 * are, and a new slab only when there are too few pages.
 *
 * <p>Guarded by its pool.
 */
final class Slabs {
  private static final long SLAB_BYTES = 16L << 20;
  private static final int[] RUN_BYTES = {1 << 20, 64 << 10, 0};

  private final NativeMemory os;
  private final int pageSize;
  private final Arena arena = Arena.ofShared();
  private final List<Slab> slabs = new ArrayList<>();
  private long free; // pages
  private long idle; // bytes that have memory and are not taken

  Slabs(NativeMemory os, int pageSize) {
    this.os = os;
    this.pageSize = pageSize;
  }

  long bytes() {
    return slabs.size() * SLAB_BYTES;
  }

  long idle() {
    return idle;
  }

  /** Returns whether there are so many pages without growing. */
  boolean fits(int pages) {
    return free >= pages;
  }

  /**
   * Takes pages.
   *
   * @param pages how many, 1 or more
   * @throws DmaBufException ENOMEM when the system refuses; nothing is taken then
   */
  List<PageRun> take(int pages) {
    List<PageRun> runs = new ArrayList<>();
    try {
      int left = pages;
      for (int runBytes : RUN_BYTES) {
        int runPages = Math.max(1, runBytes / pageSize);
        while (left >= runPages) {
          PageRun run = takeRun(runPages, left / runPages * runPages, runBytes != 0);
          if (run == null) {
            break;
          }
          runs.add(run);
          left -= run.pages();
        }
      }
      return runs;
    } catch (DmaBufException full) {
      give(runs);
      throw full;
    }
  }

  void give(List<PageRun> runs) {
    for (int i = 0; i < runs.size(); i++) {
      PageRun run = runs.get(i);
      run.slab().give(run);
      free += run.pages();
      idle += run.bytes();
    }
  }

  /**
   * Gives idle memory back to the system, at least so many bytes if there are; returns how many.
   */
  long punch(long bytes) {
    long punched = 0;
    for (int i = slabs.size() - 1; i >= 0 && punched < bytes; i--) {
      long wanted = (bytes - punched - 1) / pageSize + 1;
      punched +=
          (long) slabs.get(i).punch(os, (int) Math.min(wanted, Integer.MAX_VALUE)) * pageSize;
    }
    idle -= punched;
    return punched;
  }

  /** Unmaps all; EBUSY while a call uses the memory, then nothing is unmapped. */
  void close() {
    try {
      arena.close();
    } catch (IllegalStateException busy) {
      throw new DmaBufException(
          Errno.EBUSY,
          "The page pool was closed while its memory is accessed: " + busy.getMessage());
    }
    slabs.forEach(slab -> os.closeFile(slab.fd()));
    slabs.clear();
    free = 0;
    idle = 0;
  }

  /** One run; when no slab has an aligned one, smaller runs are tried before the pool grows. */
  private PageRun takeRun(int align, int most, boolean smallerWillDo) {
    PageRun run = fromSlabs(align, most);
    if (run != null || (smallerWillDo && free >= most)) {
      return run;
    }
    slabs.add(grow());
    free += SLAB_BYTES / pageSize;
    return fromSlabs(align, most);
  }

  private PageRun fromSlabs(int align, int most) {
    int longest = longest(align, most);
    for (int i = 0; i < slabs.size(); i++) {
      Slab slab = slabs.get(i);
      int before = slab.idle();
      PageRun run = slab.free() > 0 ? slab.take(align, longest) : null;
      if (run != null) {
        idle -= (long) (before - slab.idle()) * pageSize;
        free -= run.pages();
        return run;
      }
    }
    return null;
  }

  /** Single pages are taken with their neighbours; larger runs are of exactly their own size. */
  private static int longest(int align, int most) {
    return align == 1 ? most : align;
  }

  /**
   * Takes addresses from the system; when it has no memory, what is idle is offered to it first.
   */
  private Slab grow() {
    try {
      return newSlab();
    } catch (DmaBufException refused) {
      if (punch(Long.MAX_VALUE) == 0) {
        throw refused;
      }
      return newSlab();
    }
  }

  @SuppressWarnings("restricted") // the address and the length are those of the mapping just made
  private Slab newSlab() {
    int fd = os.memoryFile("dmabuf-pool", SLAB_BYTES);
    try {
      long address = os.map(fd, 0, SLAB_BYTES, NativeMemory.PROT_READ | NativeMemory.PROT_WRITE);
      MemorySegment segment =
          MemorySegment.ofAddress(address)
              .reinterpret(SLAB_BYTES, arena, mapped -> os.unmap(mapped.address(), SLAB_BYTES));
      return new Slab(fd, segment, pageSize);
    } catch (DmaBufException refused) {
      os.closeFile(fd);
      throw refused;
    }
  }
}
