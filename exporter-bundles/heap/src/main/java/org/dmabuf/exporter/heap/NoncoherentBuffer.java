package org.dmabuf.exporter.heap;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBufOps;
import org.dmabuf.DmaDirection;
import org.dmabuf.StoreOps;
import org.dmabuf.memory.CachedStore;
import org.dmabuf.sg.SgTable;

/**
 * One buffer of a heap whose memory is not coherent: what devices write is seen by the CPU only
 * after a begin, what the CPU writes by devices only after an end.
 *
 * <pre>
 *   begin   FROM_DEVICE, BIDIRECTIONAL   memory -&gt; CPU's view
 *   end     TO_DEVICE, BIDIRECTIONAL     what the CPU has written -&gt; memory
 * </pre>
 */
final class NoncoherentBuffer
    implements DmaBufOps, DmaBufOps.CpuAccessible, DmaBufOps.Mmappable, DmaBufOps.Vmappable {
  private final CachedStore store;

  NoncoherentBuffer(CachedStore store) {
    this.store = store;
  }

  @Override
  public SgTable map(Attachment attachment, DmaDirection direction) {
    return StoreOps.map(store.memory(), attachment, direction);
  }

  @Override
  public void unmap(Attachment attachment, SgTable table, DmaDirection direction) {
    table.free();
  }

  @Override
  public void beginCpuAccess(DmaDirection direction) {
    if (direction != DmaDirection.TO_DEVICE) {
      store.invalidate();
    }
  }

  @Override
  public void endCpuAccess(DmaDirection direction) {
    if (direction != DmaDirection.FROM_DEVICE) {
      store.clean();
    }
  }

  @Override
  public MemorySegment mmap(Arena arena, long offset, long length, boolean writable) {
    return store.cache().map(arena, offset, length, writable);
  }

  @Override
  public MemorySegment vmap(Arena arena) {
    return store.cache().map(arena, 0, store.cache().size(), true);
  }

  @Override
  public void release() {
    store.close();
  }
}
