package org.dmabuf.memory;

import java.util.ArrayDeque;
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
  private static final int READY_BYTES = 64 << 10;
  private static final int MOST_READY = 64;

  private final NativeMemory os = new NativeMemory();
  private final int pageSize = os.pageSize();
  private final int readyPages = Math.max(1, READY_BYTES / pageSize);
  private final Slabs slabs = new Slabs(os, pageSize);
  private final ArrayDeque<List<PageRun>> ready = new ArrayDeque<>(MOST_READY);
  private final long limit;
  private final long keep;
  private long used;
  private long readyBytes;
  private boolean closed;

  /**
   * Makes an empty pool that keeps all memory it ever took; it is taken when it is needed.
   *
   * @param limit the most bytes it may give out, 1 or more
   */
  public PagePool(long limit) {
    this(limit, Long.MAX_VALUE);
  }

  /**
   * Makes an empty pool; memory is taken from the system when it is needed.
   *
   * @param limit the most bytes it may give out, 1 or more
   * @param keep the most bytes that it keeps from the system though nobody has them, 0 or more;
   *     when there are more, it gives back down to half of it
   */
  public PagePool(long limit, long keep) {
    this.limit = limit;
    this.keep = keep;
  }

  /** Returns the size of a page in bytes, a power of two, 4096 or more. */
  public int pageSize() {
    return pageSize;
  }

  NativeMemory os() {
    return os;
  }

  /** Returns the most bytes that it may give out. */
  public long limit() {
    return limit;
  }

  /** Returns the bytes that are given out now. */
  public synchronized long used() {
    return used;
  }

  /** Returns the bytes of addresses that it has, with memory behind them or not. */
  public synchronized long reserved() {
    return slabs.bytes();
  }

  /** Returns the bytes that have memory of the system behind them and are not given out. */
  public synchronized long idle() {
    return slabs.idle() + readyBytes;
  }

  /**
   * Gives idle memory back to the system, when that is short of it. Addresses stay, so what is
   * taken later costs no mapping, but the system's time to find zeroed pages.
   *
   * @param bytes how much at least, if there is so much; 0 or more
   * @return how much it was, in whole pages; 0 where the system cannot take memory back
   */
  public synchronized long shrink(long bytes) {
    giveReady();
    return slabs.punch(bytes);
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
    // Whole pages are compared, so that rounding up neither passes the limit nor overflows.
    long pages = (bytes - 1) / pageSize + 1;
    if (pages > Integer.MAX_VALUE || pages > limit / pageSize) {
      throw full(bytes, account);
    }
    long rounded = pages * pageSize;
    account.charge(rounded);
    List<PageRun> runs;
    try {
      runs = taken((int) pages, bytes, account);
    } catch (DmaBufException refused) {
      account.uncharge(rounded);
      throw refused;
    }
    for (int i = 0; i < runs.size(); i++) {
      runs.get(i).segment().fill((byte) 0);
    }
    Runnable onFree =
        () -> {
          account.uncharge(rounded);
          give(runs, rounded);
        };
    return new BackingStore(os, pageSize, runs, rounded, onFree, onClose);
  }

  private synchronized List<PageRun> taken(int pages, long bytes, MemoryAccount account) {
    if (closed) {
      throw new DmaBufException(Errno.ENODEV, "The page pool is closed; the framework stops");
    }
    if (pages > (limit - used) / pageSize) {
      throw full(bytes, account);
    }
    List<PageRun> runs = pages == readyPages ? ready.pollLast() : null;
    if (runs == null) {
      runs = fromSlabs(pages);
    } else {
      readyBytes -= (long) pages * pageSize;
    }
    used += (long) pages * pageSize;
    return runs;
  }

  /** What is kept ready is offered, too, before the slabs grow. */
  private List<PageRun> fromSlabs(int pages) {
    if (!slabs.fits(pages)) {
      giveReady();
    }
    return slabs.take(pages);
  }

  private synchronized DmaBufException full(long bytes, MemoryAccount account) {
    return new DmaBufException(
        Errno.ENOMEM,
        bytes
            + " bytes were asked by "
            + account.owner()
            + "; the pool's limit of "
            + limit
            + " bytes leaves "
            + (limit - used));
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
    giveReady();
    slabs.close();
    closed = true;
  }

  private synchronized void give(List<PageRun> runs, long bytes) {
    used -= bytes;
    if (isReady(runs)) {
      ready.addLast(runs);
      readyBytes += bytes;
    } else {
      slabs.give(runs);
    }
    long idle = slabs.idle() + readyBytes;
    if (idle > keep) {
      shrink(idle - keep / 2);
    }
  }

  /** Buffers of 64 KiB are the most common, so a few are kept whole for the next who asks. */
  private boolean isReady(List<PageRun> runs) {
    return ready.size() < MOST_READY
        && runs.size() == 1
        && runs.getFirst().pages() == readyPages
        && runs.getFirst().firstPage() % readyPages == 0;
  }

  private void giveReady() {
    while (!ready.isEmpty()) {
      slabs.give(ready.removeLast());
    }
    readyBytes = 0;
  }
}
