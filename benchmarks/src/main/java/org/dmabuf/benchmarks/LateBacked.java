package org.dmabuf.benchmarks;

import org.dmabuf.Attachment;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufOps;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDirection;
import org.dmabuf.ExportInfo;
import org.dmabuf.ExportPolicy;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.sg.SgTable;

/** A buffer that takes its memory out of the framework's pool when it is first mapped. */
final class LateBacked implements DmaBufOps {
  private final DmaBufRegistry registry;
  private final long size;
  private BackingStore store; // guarded by the reservation

  LateBacked(DmaBufRegistry registry, long size) {
    this.registry = registry;
    this.size = size;
  }

  DmaBuf export() {
    return registry.export(ExportInfo.of("late", size, this, ExportPolicy.REVOKE));
  }

  /** Exports it with mappings that are kept until detach. */
  DmaBuf exportCached() {
    return registry.export(
        ExportInfo.of("late", size, this, ExportPolicy.REVOKE).withCachedMappings());
  }

  @Override
  public SgTable map(Attachment attachment, DmaDirection direction) {
    if (store == null) {
      store = registry.allocate(size, registry.files().account());
    }
    return store.table(true);
  }

  @Override
  public void unmap(Attachment attachment, SgTable table, DmaDirection direction) {
    table.free();
  }

  @Override
  public void release() {
    if (store != null) {
      store.close();
    }
  }
}
