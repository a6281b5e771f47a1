package org.dmabuf.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * Pages for all buffers of the product, out of slabs that live as long as the framework. A buffer
 * gets the largest aligned runs there are (1 MiB, 64 KiB, a page), as Linux's system heap does, so
 * its memory is scattered by runs of whole pages.
 *
 * <pre>
 *   OPEN --close()--> CLOSED   (slabs unmapped; only after the last buffer)
 * </pre>
 *
 * <p>Thread-safe. Pages are given out zeroed. Kernel counterpart: the page allocator and {@code
 * ttm_pool}.
 */
public final class PagePool implements AutoCloseable {
  private static final long SLAB_BYTES = 16L << 20;
  private static final int[] RUN_BYTES = {1 << 20, 64 << 10, 0};

  private final NativeMemory os = new NativeMemory();
  private final int pageSize = os.pageSize();
  private final Arena arena = Arena.ofShared();
  private final List<Slab> slabs = new ArrayList<>();
  private final long limit;
  private long used;
  private boolean closed;

  /**
   * Makes an empty pool; memory is taken from the system when it is needed.
   *
   * @param limit the most bytes it may give out, 1 or more
   */
  public PagePool(long limit) {
    this.limit = limit;
  }

  /** Returns the size of a page in bytes, a power of two, 4096 or more. */
  public int pageSize() {
    return pageSize;
  }

  NativeMemory os() {
    return os;
  }

  /** Returns the bytes that are given out now. */
  public synchronized long used() {
    return used;
  }

  /** Returns the bytes taken from the system. */
  public synchronized long reserved() {
    return slabs.size() * SLAB_BYTES;
  }

  /**
   * Gives out zeroed memory.
   *
   * @param bytes how much, 1 or more; rounded up to pages
   * @param account whom to charge, never null
   * @param onClose told when the owner closes the store, never null
   * @return the memory, never null
   * @throws DmaBufException EINVAL for less than 1 byte; ENOMEM when the limit or the system's
   *     memory is reached, then nothing is taken
   */
  public BackingStore allocate(long bytes, MemoryAccount account, Consumer<BackingStore> onClose) {
    if (bytes < 1) {
      throw new DmaBufException(
          Errno.EINVAL, "A backing store of " + bytes + " bytes was asked; 1 or more would work");
    }
    List<PageRun> runs;
    // Whole pages are compared, so that rounding up neither passes the limit nor overflows.
    long pages = (bytes - 1) / pageSize + 1;
    long rounded = pages * pageSize;
    synchronized (this) {
      if (closed) {
        throw new DmaBufException(Errno.ENODEV, "The page pool is closed; the framework stops");
      }
      if (pages > Integer.MAX_VALUE || pages > (limit - used) / pageSize) {
        throw new DmaBufException(
            Errno.ENOMEM,
            bytes
                + " bytes were asked by "
                + account.owner()
                + "; the pool's limit of "
                + limit
                + " bytes leaves "
                + (limit - used));
      }
      runs = take((int) pages);
      used += rounded;
    }
    account.charge(rounded);
    for (PageRun run : runs) {
      run.segment().fill((byte) 0);
    }
    Runnable onFree =
        () -> {
          account.uncharge(rounded);
          give(runs, rounded);
        };
    return new BackingStore(os, pageSize, runs, rounded, onFree, onClose);
  }

  /** Unmaps all slabs; EBUSY while memory is given out. Idempotent. */
  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    if (used != 0) {
      throw new DmaBufException(
          Errno.EBUSY, "The page pool was closed with " + used + " bytes given out; release them");
    }
    try {
      arena.close();
    } catch (IllegalStateException busy) {
      throw new DmaBufException(
          Errno.EBUSY,
          "The page pool was closed while its memory is accessed: " + busy.getMessage());
    }
    closed = true;
    slabs.forEach(slab -> os.closeFile(slab.fd()));
    slabs.clear();
  }

  private synchronized void give(List<PageRun> runs, long bytes) {
    runs.forEach(run -> run.slab().give(run));
    used -= bytes;
  }

  private List<PageRun> take(int pages) {
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
      runs.forEach(run -> run.slab().give(run));
      throw full;
    }
  }

  /** One run; when no slab has an aligned one, smaller runs are tried before the pool grows. */
  private PageRun takeRun(int align, int most, boolean smallerWillDo) {
    for (Slab slab : slabs) {
      if (slab.free() > 0) {
        PageRun run = slab.take(align, longest(align, most));
        if (run != null) {
          return run;
        }
      }
    }
    long free = slabs.stream().mapToLong(Slab::free).sum();
    if (smallerWillDo && free >= most) {
      return null;
    }
    slabs.add(grow());
    return slabs.getLast().take(align, longest(align, most));
  }

  /** Single pages are taken with their neighbours; larger runs are of exactly their own size. */
  private static int longest(int align, int most) {
    return align == 1 ? most : align;
  }

  @SuppressWarnings("restricted") // the address and the length are those of the mapping just made
  private Slab grow() {
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
