package org.dmabuf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.sg.SgTable;

/**
 * What an exporter does whose buffer is a backing store of the framework, which neither moves nor
 * needs care for the CPU. Drivers use it as it is, or extend it by what is their own; the framework
 * itself takes it for a buffer whose driver has gone.
 *
 * <p>Thread-safe. Kernel counterpart: the {@code dma_buf_ops} that most heaps share.
 */
public class StoreOps
    implements DmaBufOps,
        DmaBufOps.Mmappable,
        DmaBufOps.Vmappable,
        DmaBufOps.PageMappable,
        DmaBufOps.Adoptable {
  private final BackingStore store;

  /**
   * Makes the ops of one buffer.
   *
   * @param store its memory, which passes to them: release closes it; never null
   */
  public StoreOps(BackingStore store) {
    this.store = Objects.requireNonNull(store, "store");
  }

  /**
   * Describes the store.
   *
   * @throws DmaBufException EINVAL for a direction in which nothing is transferred
   */
  @Override
  public final SgTable map(Attachment attachment, DmaDirection direction) {
    return map(store, attachment, direction);
  }

  @Override
  public final void unmap(Attachment attachment, SgTable table, DmaDirection direction) {
    table.free();
  }

  @Override
  public final MemorySegment mmap(Arena arena, long offset, long length, boolean writable) {
    return store.map(arena, offset, length, writable);
  }

  @Override
  public final MemorySegment vmap(Arena arena) {
    return store.map(arena, 0, store.size(), true);
  }

  @Override
  public final MemorySegment kmap(Arena arena, long page) {
    return store.map(arena, page * store.pageSize(), store.pageSize(), true);
  }

  @Override
  public final void release() {
    store.close();
  }

  @Override
  public final BackingStore handOver() {
    return store;
  }

  /**
   * Describes a store to a device, for ops that have more than one.
   *
   * @throws DmaBufException EINVAL for a direction in which nothing is transferred
   */
  public static SgTable map(BackingStore store, Attachment attachment, DmaDirection direction) {
    if (direction == DmaDirection.NONE) {
      throw new DmaBufException(
          Errno.EINVAL,
          attachment + " was mapped for no transfer; a direction in which data go would work");
    }
    return store.table(direction.writes());
  }
}
