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
import org.dmabuf.RefCount;
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
  private final NativeMemory os;
  private final int pageSize;
  private final List<? extends StoreRun> runs;
  private final long size;
  private final Runnable onFree;
  private final Consumer<BackingStore> onClose;
  private final RefCount users = new RefCount();
  private final AtomicInteger cpuMappings = new AtomicInteger();
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * Makes a store with one user, its owner.
   *
   * @param runs what it consists of, in order
   * @param size their bytes together
   * @param onFree run once, when nobody can reach the memory any more
   * @param onClose told when the owner closes the store
   */
  BackingStore(
      NativeMemory os,
      int pageSize,
      List<? extends StoreRun> runs,
      long size,
      Runnable onFree,
      Consumer<BackingStore> onClose) {
    this.os = os;
    this.pageSize = pageSize;
    this.runs = runs;
    this.size = size;
    this.onFree = onFree;
    this.onClose = onClose;
  }

  /** Returns its bytes, a multiple of the page size. */
  public long size() {
    return size;
  }

  /** Returns the size of its pages in bytes, a power of two, 4096 or more. */
  public int pageSize() {
    return pageSize;
  }

  /** Returns the number of runs of adjacent pages, 1 or more. */
  public int runs() {
    return runs.size();
  }

  /**
   * Describes the memory to a device. The pages stay until the table is freed.
   *
   * @param writable whether the device may write
   * @throws DmaBufException ENODEV when the store is closed; ENOMEM when the system refuses
   */
  public SgTable table(boolean writable) {
    use();
    try {
      List<SgTable.Entry> entries = new ArrayList<>(runs.size());
      for (StoreRun run : runs) {
        MemorySegment segment = run.segment();
        entries.add(
            new SgTable.Entry(segment.address(), writable ? segment : segment.asReadOnly()));
      }
      return SgTable.of(entries, this::unuse);
    } catch (DmaBufException refused) {
      unuse();
      throw refused;
    }
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
  public MemorySegment map(Arena arena, long offset, long length, boolean writable) {
    if (offset < 0 || offset % pageSize != 0 || length < 1 || length > size - offset) {
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
    try {
      long bytes = (length + pageSize - 1) / pageSize * pageSize;
      AddressRange range = new AddressRange(os, bytes);
      int protection = NativeMemory.PROT_READ | (writable ? NativeMemory.PROT_WRITE : 0);
      range.fill(base -> StoreRun.map(os, base, runs, offset, bytes, protection));
      MemorySegment mapped = range.into(arena, length, this::unmapped);
      cpuMappings.incrementAndGet();
      return writable ? mapped : mapped.asReadOnly();
    } catch (DmaBufException refused) {
      unuse();
      throw refused;
    }
  }

  /**
   * Returns whether a CPU has a mapping of it, whose addresses cannot be led elsewhere: who wants
   * to move what is in it, waits. It changes at any time, unless the caller keeps others from
   * {@link #map}: then true may become false.
   */
  public boolean isMapped() {
    return cpuMappings.get() > 0;
  }

  /** Drops the owner's use. Idempotent. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      onClose.accept(this);
      unuse();
    }
  }

  @Override
  public String toString() {
    return "backing store of " + size + " bytes";
  }

  private void use() {
    if (!closed.get() && users.tryGet(this)) {
      return;
    }
    throw new DmaBufException(
        Errno.ENODEV, "A backing store of " + size + " bytes is closed; allocate another");
  }

  private void unmapped() {
    cpuMappings.decrementAndGet();
    unuse();
  }

  private void unuse() {
    if (users.put() == RefCount.Put.LAST) {
      onFree.run();
    }
  }
}
