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

/** One buffer of a heap whose memory is coherent; its backing store does not move. */
final class HeapBuffer
    implements DmaBufOps, DmaBufOps.Mmappable, DmaBufOps.Vmappable, DmaBufOps.Adoptable {
  private final String heap;
  private final BackingStore store;

  HeapBuffer(String heap, BackingStore store) {
    this.heap = heap;
    this.store = store;
  }

  @Override
  public SgTable map(Attachment attachment, DmaDirection direction) {
    checkTransfers(heap, attachment, direction);
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

  /** A mapping for no transfer is EINVAL. */
  static void checkTransfers(String heap, Attachment attachment, DmaDirection direction) {
    if (direction == DmaDirection.NONE) {
      throw new DmaBufException(
          Errno.EINVAL,
          attachment.device().name() + " mapped a buffer of heap " + heap + " for no transfer");
    }
  }
}
