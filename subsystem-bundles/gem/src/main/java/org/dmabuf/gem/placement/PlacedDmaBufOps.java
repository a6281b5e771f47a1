package org.dmabuf.gem.placement;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBufOps;
import org.dmabuf.DmaDirection;
import org.dmabuf.StoreOps;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.sg.SgTable;

/**
 * What an object whose storage moves does as a dma-buf.
 *
 * <pre>
 *   static importer     pinned where it reaches it, in the system's memory, while it is attached
 *   dynamic importer    at each map brought where it reaches it, and told when it goes
 * </pre>
 *
 * <p>Kernel counterpart: {@code amdgpu_dma_buf.c}.
 */
final class PlacedDmaBufOps
    implements DmaBufOps,
        DmaBufOps.Pinnable,
        DmaBufOps.Mmappable,
        DmaBufOps.Vmappable,
        DmaBufOps.Adoptable {
  private final PlacedObject object;
  private final DmaBufOps helper;

  /** Makes the ops, with those of the GEM core, which know the object's references. */
  PlacedDmaBufOps(PlacedObject object, DmaBufOps helper) {
    this.object = object;
    this.helper = helper;
  }

  @Override
  public void attach(Attachment attachment) {
    object.attached(attachment);
  }

  @Override
  public void detach(Attachment attachment) {
    object.detached(attachment);
  }

  @Override
  public void pin(Attachment attachment) {
    object.pin(attachment);
  }

  @Override
  public void unpin(Attachment attachment) {
    object.unpin();
  }

  @Override
  public SgTable map(Attachment attachment, DmaDirection direction) {
    return StoreOps.map(object.reach(attachment), attachment, direction);
  }

  @Override
  public void unmap(Attachment attachment, SgTable table, DmaDirection direction) {
    table.free();
  }

  @Override
  public MemorySegment mmap(Arena arena, long offset, long length, boolean writable) {
    return object.mmap(arena, offset, length, writable);
  }

  @Override
  public MemorySegment vmap(Arena arena) {
    return object.map(arena);
  }

  @Override
  public void release() {
    helper.release();
  }

  @Override
  public BackingStore handOver() {
    return ((DmaBufOps.Adoptable) helper).handOver();
  }
}
