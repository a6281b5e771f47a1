package org.dmabuf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.sg.SgTable;

/**
 * The framework's own ops over a backing store: what takes the place of a driver's when its bundle
 * has stopped and handed the storage over.
 */
final class StoreOps
    implements DmaBufOps, DmaBufOps.Mmappable, DmaBufOps.Vmappable, DmaBufOps.PageMappable {
  private final BackingStore store;
  private final int pageSize;

  StoreOps(BackingStore store, int pageSize) {
    this.store = store;
    this.pageSize = pageSize;
  }

  @Override
  public SgTable map(Attachment attachment, DmaDirection direction) {
    return store.table(direction.writes());
  }

  @Override
  public void unmap(Attachment attachment, SgTable table, DmaDirection direction) {
    table.free();
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
  public MemorySegment kmap(Arena arena, long page) {
    return store.map(arena, page * pageSize, pageSize, true);
  }

  @Override
  public void release() {
    store.close();
  }
}
