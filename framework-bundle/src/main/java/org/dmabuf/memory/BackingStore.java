package org.dmabuf.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.sg.SgTable;

/**
 * The memory behind one buffer: runs of pages, and every way to look at them.
 *
 * <pre>
 *   OWNED --close()--> CLOSED --last table or mapping gone--> pages back in the pool
 *
 *   users = 1 for the owner + 1 for each table and each mapping
 * </pre>
 *
 * <p>Pages return to the pool only when nobody can reach them any more, whatever the owner does.
 * Thread-safe.
 */
public final class BackingStore implements AutoCloseable {
  private final PagePool pool;
  private final NativeMemory os;
  private final List<PageRun> runs;
  private final long size;
  private final MemoryAccount account;
  private final Consumer<BackingStore> onClose;
  private final AtomicInteger users = new AtomicInteger(1);
  private final AtomicBoolean closed = new AtomicBoolean();

  BackingStore(
      PagePool pool,
      NativeMemory os,
      List<PageRun> runs,
      long size,
      MemoryAccount account,
      Consumer<BackingStore> onClose) {
    this.onClose = onClose;
    this.pool = pool;
    this.os = os;
    this.runs = runs;
    this.size = size;
    this.account = account;
  }

  /** Returns its bytes, a multiple of the page size. */
  public long size() {
    return size;
  }

  /** Returns the number of runs of adjacent pages, 1 or more. */
  public int runs() {
    return runs.size();
  }

  /**
   * Describes the memory to a device. The pages stay until the table is freed.
   *
   * @param writable whether the device may write
   * @throws DmaBufException ENODEV when the store is closed
   */
  public SgTable table(boolean writable) {
    use();
    List<SgTable.Entry> entries = new ArrayList<>(runs.size());
    for (PageRun run : runs) {
      MemorySegment segment = run.segment();
      entries.add(new SgTable.Entry(segment.address(), writable ? segment : segment.asReadOnly()));
    }
    return SgTable.of(entries, once());
  }

  /**
   * Maps part of the memory at adjacent addresses, for a CPU. The mapping lives as long as the
   * arena, and the pages at least as long as it.
   *
   * @param arena whose close unmaps, never null
   * @param offset the first byte, a multiple of the page size, 0 or more
   * @param length bytes, 1 or more; offset + length must not exceed the size in pages
   * @param writable whether stores are allowed
   * @return the mapping, of exactly {@code length} bytes, never null
   * @throws DmaBufException EINVAL for a range outside or an arena that is closed; ENOMEM when the
   *     system refuses; ENODEV when the store is closed
   */
  @SuppressWarnings("restricted") // the address and the length are those of the mapping just made
  public MemorySegment map(Arena arena, long offset, long length, boolean writable) {
    int page = pool.pageSize();
    if (offset < 0 || offset % page != 0 || length < 1 || offset > size || length > size - offset) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Mapping "
              + length
              + " bytes at "
              + offset
              + " of a store of "
              + size
              + " bytes; a page-aligned offset and a range within it would work");
    }
    use();
    Runnable unuse = once();
    try {
      long bytes = (length + page - 1) / page * page;
      long base = os.reserve(bytes);
      try {
        mapRuns(base, offset, bytes, writable);
        MemorySegment mapped =
            MemorySegment.ofAddress(base)
                .reinterpret(
                    length,
                    arena,
                    ignored -> {
                      os.unmap(base, bytes);
                      unuse.run();
                    });
        return writable ? mapped : mapped.asReadOnly();
      } catch (RuntimeException refused) {
        os.unmap(base, bytes);
        throw refused;
      }
    } catch (IllegalStateException | WrongThreadException closedArena) {
      unuse.run();
      throw new DmaBufException(
          Errno.EINVAL,
          "Mapping a store of "
              + size
              + " bytes into an arena that cannot take it ("
              + closedArena.getMessage()
              + "); an open one that this thread may use would work");
    } catch (DmaBufException refused) {
      unuse.run();
      throw refused;
    }
  }

  /** Drops the owner's use. Idempotent. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      onClose.accept(this);
      unuse();
    }
  }

  private void mapRuns(long base, long offset, long bytes, boolean writable) {
    int protection = NativeMemory.PROT_READ | (writable ? NativeMemory.PROT_WRITE : 0);
    long runStart = 0;
    for (PageRun run : runs) {
      long from = Math.max(runStart, offset);
      long to = Math.min(runStart + run.bytes(), offset + bytes);
      if (from < to) {
        os.mapAt(
            base + from - offset,
            run.slab().fd(),
            run.offset() + from - runStart,
            to - from,
            protection);
      }
      runStart += run.bytes();
    }
  }

  private void use() {
    int now = users.get();
    while (now > 0 && !closed.get()) {
      if (users.compareAndSet(now, now + 1)) {
        return;
      }
      now = users.get();
    }
    throw new DmaBufException(
        Errno.ENODEV, "A backing store of " + size + " bytes is closed; allocate another");
  }

  private Runnable once() {
    AtomicBoolean done = new AtomicBoolean();
    return () -> {
      if (done.compareAndSet(false, true)) {
        unuse();
      }
    };
  }

  private void unuse() {
    if (users.decrementAndGet() == 0) {
      account.uncharge(size);
      pool.give(runs, size);
    }
  }
}
