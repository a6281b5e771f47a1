package org.dmabuf.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.dmabuf.DmaBufException;

/**
 * A store whose CPU sees it through a cache that nothing keeps coherent: for exporters that show
 * what a missing bracket of CPU access does.
 *
 * <pre>
 *   devices ----&gt; memory  --invalidate()--&gt;  cache &lt;---- CPU
 *                         &lt;--clean()-------
 *                          only lines of 64 bytes that the CPU has changed since, as a cache does
 * </pre>
 *
 * <p>What moves is counted as {@link Transfer#SYNCED}. Thread-safe.
 */
public final class CachedStore implements AutoCloseable {
  private static final int LINE = 64;

  private final BackingStore memory;
  private final BackingStore cache;
  private final BackingStore synced;
  private final TransferMeter meter;

  /**
   * Makes a store of three of the same size and of zeroes, which pass to it when this succeeds.
   *
   * @param memory what devices see, never null
   * @param cache what the CPU sees, never null
   * @param synced what both had last, never null
   * @param meter what counts, never null
   */
  public CachedStore(
      BackingStore memory, BackingStore cache, BackingStore synced, TransferMeter meter) {
    this.memory = memory;
    this.cache = cache;
    this.synced = synced;
    this.meter = meter;
  }

  /** Returns what devices see, never null. */
  public BackingStore memory() {
    return memory;
  }

  /** Returns what the CPU sees, never null. */
  public BackingStore cache() {
    return cache;
  }

  /**
   * Shows the CPU what is in memory; what it wrote and did not clean is lost.
   *
   * @throws DmaBufException ENOMEM when the stores cannot be mapped; ENODEV when one is closed
   */
  public synchronized void invalidate() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment from = all(memory, arena, false);
      long bytes = from.byteSize();
      MemorySegment.copy(from, 0, all(cache, arena, true), 0, bytes);
      MemorySegment.copy(from, 0, all(synced, arena, true), 0, bytes);
      meter.add(Transfer.SYNCED, bytes);
    }
  }

  /**
   * Writes the lines that the CPU has changed since the last of both calls to memory.
   *
   * @throws DmaBufException ENOMEM when the stores cannot be mapped; ENODEV when one is closed
   */
  public synchronized void clean() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment from = all(cache, arena, false);
      MemorySegment to = all(memory, arena, true);
      MemorySegment last = all(synced, arena, true);
      long bytes = from.byteSize();
      long at = 0;
      while (at < bytes) {
        long differs = MemorySegment.mismatch(from, at, bytes, last, at, bytes);
        if (differs < 0) {
          return;
        }
        long line = (at + differs) / LINE * LINE;
        MemorySegment.copy(from, line, to, line, LINE);
        MemorySegment.copy(from, line, last, line, LINE);
        meter.add(Transfer.SYNCED, LINE);
        at = line + LINE;
      }
    }
  }

  private static MemorySegment all(BackingStore store, Arena arena, boolean writable) {
    return store.map(arena, 0, store.size(), writable);
  }

  /** Gives all three back. Idempotent. */
  @Override
  public void close() {
    memory.close();
    cache.close();
    synced.close();
  }
}
