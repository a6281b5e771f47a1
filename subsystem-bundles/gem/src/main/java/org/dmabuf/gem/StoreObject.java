package org.dmabuf.gem;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.sg.SgTable;

/**
 * An object over ordinary pages, which neither move nor need care: for drivers to use as it is.
 *
 * <p>Thread-safe. Kernel counterpart: {@code drm_gem_shmem_helper.c}.
 */
public final class StoreObject
    implements GemObjectOps,
        GemObjectOps.SgMappable,
        GemObjectOps.Mmappable,
        GemObjectOps.Vmappable,
        GemObjectOps.Adoptable {
  private final BackingStore store;

  /**
   * Makes the ops of one object.
   *
   * @param store its memory, which passes to them: free closes it; never null
   */
  public StoreObject(BackingStore store) {
    this.store = Objects.requireNonNull(store, "store");
  }

  @Override
  public SgTable sgTable(boolean writable) {
    return store.table(writable);
  }

  @Override
  public MemorySegment mmap(Arena arena, long offset, long length, boolean writable) {
    return store.map(arena, offset, length, writable);
  }

  @Override
  public MemorySegment vmap(Arena arena) {
    return store.map(arena, 0, store.size(), true);
  }

  @Override
  public BackingStore handOver() {
    return store;
  }

  @Override
  public void free() {
    store.close();
  }
}
