package org.dmabuf.exporter.udmabuf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufOps;
import org.dmabuf.DmaDirection;
import org.dmabuf.Errno;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.sg.SgTable;

/**
 * One buffer over pages of memory files.
 *
 * <pre>
 *   UNTOUCHED --first begin of a CPU access--&gt; TOUCHED
 *   end is EINVAL                              end succeeds, however often
 * </pre>
 *
 * <p>Linux's udmabuf makes the CPU's table at the first begin, and has nothing to end before.
 */
final class UdmabufBuffer
    implements DmaBufOps,
        DmaBufOps.CpuAccessible,
        DmaBufOps.Mmappable,
        DmaBufOps.Vmappable,
        DmaBufOps.Adoptable {
  private enum State {
    UNTOUCHED,
    TOUCHED
  }

  private final BackingStore store;
  private volatile State state = State.UNTOUCHED;

  UdmabufBuffer(BackingStore store) {
    this.store = store;
  }

  @Override
  public SgTable map(Attachment attachment, DmaDirection direction) {
    if (direction == DmaDirection.NONE) {
      throw new DmaBufException(
          Errno.EINVAL, attachment.device().name() + " mapped a udmabuf for no transfer");
    }
    return store.table(direction.writes());
  }

  @Override
  public void unmap(Attachment attachment, SgTable table, DmaDirection direction) {
    table.free();
  }

  @Override
  public void beginCpuAccess(DmaDirection direction) {
    state = State.TOUCHED;
  }

  @Override
  public void endCpuAccess(DmaDirection direction) {
    if (state == State.UNTOUCHED) {
      throw new DmaBufException(
          Errno.EINVAL, "A CPU access to a udmabuf was ended before the first one began; begin it");
    }
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
