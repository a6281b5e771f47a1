package org.dmabuf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.sg.SgTable;

/** An exporter that writes down each call, with whether the reservation was held, and can fail. */
class RecordingExporter implements DmaBufOps {
  static final int PAGE = new org.dmabuf.memory.PagePool(1).pageSize();
  final List<String> calls = new CopyOnWriteArrayList<>();
  final Set<String> failing = new HashSet<>();
  Supplier<RuntimeException> failure = () -> new DmaBufException(Errno.EBUSY, "planted");
  boolean nullTable;
  DmaBuf buffer;
  final BackingStore store;

  RecordingExporter(DmaBufRegistry registry, long bytes) {
    this.store = registry.allocate(bytes, registry.files().account());
  }

  static RecordingExporter of(DmaBufRegistry registry, boolean dynamic) {
    return dynamic ? new Dynamic(registry, 8192) : new RecordingExporter(registry, 8192);
  }

  DmaBuf export(DmaBufRegistry registry, ExportPolicy policy, boolean caching) {
    ExportInfo info = ExportInfo.of("recorder", store.size(), this, policy);
    buffer = registry.export(caching ? info.withCachedMappings() : info);
    return buffer;
  }

  DmaBuf export(DmaBufRegistry registry) {
    return export(registry, ExportPolicy.REVOKE, false);
  }

  /** The calls since the last time, and forgets them. */
  List<String> taken() {
    List<String> now = new ArrayList<>(calls);
    calls.clear();
    return now;
  }

  void called(String call, boolean expectHeld) {
    boolean held = buffer != null && buffer.resv().isHeld();
    calls.add(held == expectHeld ? call : call + (held ? " LOCKED" : " UNLOCKED"));
    if (failing.contains(call.replaceAll("\\(.*", ""))) {
      throw failure.get();
    }
  }

  @Override
  public void attach(Attachment attachment) {
    called("attach", false);
  }

  @Override
  public void detach(Attachment attachment) {
    called("detach", false);
  }

  @Override
  public SgTable map(Attachment attachment, DmaDirection direction) {
    called("map(" + direction + ")", true);
    return nullTable ? null : store.table(direction.writes());
  }

  @Override
  public void unmap(Attachment attachment, SgTable table, DmaDirection direction) {
    called("unmap(" + direction + ")", true);
    table.free();
  }

  @Override
  public void release() {
    store.close();
    called("release", false);
  }

  /** Storage that moves unless it is pinned. */
  static final class Dynamic extends RecordingExporter implements DmaBufOps.Pinnable {
    Dynamic(DmaBufRegistry registry, long bytes) {
      super(registry, bytes);
    }

    @Override
    public void pin(Attachment attachment) {
      called("pin", true);
    }

    @Override
    public void unpin(Attachment attachment) {
      called("unpin", true);
    }
  }

  /** For CPUs in every way, and adoptable. */
  static class Full extends RecordingExporter
      implements DmaBufOps.CpuAccessible,
          DmaBufOps.Mmappable,
          DmaBufOps.Vmappable,
          DmaBufOps.PageMappable,
          DmaBufOps.Adoptable {
    MemorySegment instead;
    boolean ioMemory;

    Full(DmaBufRegistry registry, long bytes) {
      super(registry, bytes);
    }

    @Override
    public void beginCpuAccess(DmaDirection direction) {
      called("begin(" + direction + ")", false);
    }

    @Override
    public void endCpuAccess(DmaDirection direction) {
      called("end(" + direction + ")", false);
    }

    @Override
    public MemorySegment mmap(Arena arena, long offset, long length, boolean writable) {
      called("mmap", false);
      return instead != null ? instead : store.map(arena, offset, length, writable);
    }

    @Override
    public MemorySegment vmap(Arena arena) {
      called("vmap", true);
      return store.map(arena, 0, store.size(), true);
    }

    @Override
    public void vunmap(MemorySegment address) {
      called("vunmap", true);
    }

    @Override
    public boolean isIoMemory() {
      return ioMemory;
    }

    @Override
    public MemorySegment kmap(Arena arena, long page) {
      called("kmap(" + page + ")", false);
      return nullTable ? null : store.map(arena, page * PAGE, PAGE, true);
    }

    @Override
    public void kunmap(long page, MemorySegment address) {
      called("kunmap(" + page + ")", false);
    }

    @Override
    public BackingStore handOver() {
      called("handOver", true);
      return store;
    }
  }
}
