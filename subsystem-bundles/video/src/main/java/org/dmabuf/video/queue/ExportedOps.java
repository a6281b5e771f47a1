package org.dmabuf.video.queue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBufOps;
import org.dmabuf.DmaDirection;
import org.dmabuf.StoreOps;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.sg.SgTable;

/**
 * What a buffer of a queue does as a dma-buf, of which there may be several for one buffer.
 *
 * <p>Thread-safe. Kernel counterpart: {@code vb2_vmalloc_dmabuf_ops}.
 */
final class ExportedOps
    implements DmaBufOps, DmaBufOps.Mmappable, DmaBufOps.Vmappable, DmaBufOps.PageMappable {
  private final SharedStore shared;

  /** Makes the ops of one dma-buf; a use of the memory passes to them. */
  ExportedOps(SharedStore shared) {
    this.shared = shared;
  }

  @Override
  public SgTable map(Attachment attachment, DmaDirection direction) {
    return StoreOps.map(shared.store(), attachment, direction);
  }

  @Override
  public void unmap(Attachment attachment, SgTable table, DmaDirection direction) {
    table.free();
  }

  @Override
  public MemorySegment mmap(Arena arena, long offset, long length, boolean writable) {
    return shared.store().map(arena, offset, length, writable);
  }

  @Override
  public MemorySegment vmap(Arena arena) {
    return shared.store().map(arena, 0, shared.store().size(), true);
  }

  @Override
  public MemorySegment kmap(Arena arena, long page) {
    BackingStore store = shared.store();
    return store.map(arena, page * store.pageSize(), store.pageSize(), true);
  }

  @Override
  public void release() {
    shared.put();
  }
}
