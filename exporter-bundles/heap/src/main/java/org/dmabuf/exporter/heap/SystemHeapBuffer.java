package org.dmabuf.exporter.heap;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufOps;
import org.dmabuf.DmaDirection;
import org.dmabuf.Errno;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.sg.SgTable;

/** One buffer of the system heap: its backing store does not move and is coherent. */
final class SystemHeapBuffer
    implements DmaBufOps, DmaBufOps.Mmappable, DmaBufOps.Vmappable, DmaBufOps.Adoptable {
  private final BackingStore store;

  SystemHeapBuffer(BackingStore store) {
    this.store = store;
  }

  @Override
  public SgTable map(Attachment attachment, DmaDirection direction) {
    if (direction == DmaDirection.NONE) {
      throw new DmaBufException(
          Errno.EINVAL,
          attachment.device().name() + " mapped a buffer of the system heap for no transfer");
    }
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
  public void release() {
    store.close();
  }

  @Override
  public BackingStore handOver() {
    return store;
  }
}
