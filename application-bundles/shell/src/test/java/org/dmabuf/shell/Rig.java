package org.dmabuf.shell;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufOps;
import org.dmabuf.DmaBufOptions;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDirection;
import org.dmabuf.ExportInfo;
import org.dmabuf.ExportPolicy;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.heap.DmaHeap;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.sg.SgTable;

/** A real framework with a heap, and services that are put in by hand. */
final class Rig implements Services, AutoCloseable {
  static final long PAGES = 16_384;

  private record Offered(Class<?> type, Provider provider, Object service) {}

  private final List<Offered> offered = new ArrayList<>();
  final DmaBufCore core;
  final DmaBufRegistry heapBundle;
  final DmaBufRegistry camera;
  final DmaBufRegistry shell;
  final DmaHeap heap;

  Rig() {
    this(DmaBufOptions.defaults());
  }

  Rig(DmaBufOptions options) {
    core = DmaBufCore.create(options);
    heapBundle = core.open("test.heap 1.0.0");
    camera = core.open("test.camera 1.0.0");
    shell = core.open("test.shell 1.0.0");
    heap =
        new DmaHeap(
            "system", heapBundle, (length, flags, account) -> export("system", length, flags));
  }

  /** Exports a buffer whose file has some access mode. */
  DmaBuf export(String exporter, long length, int flags) {
    BackingStore store = heapBundle.allocate(length, heapBundle.files().account());
    ExportInfo info = ExportInfo.of(exporter, length, new Buffer(store), ExportPolicy.REVOKE);
    return heapBundle.export(info.withFileFlags(flags));
  }

  /** Returns what to export a buffer of {@link #PAGES} bytes by that CPUs can map. */
  static ExportInfo mappable(DmaBufRegistry owner) {
    Mappable ops = new Mappable(owner.allocate(PAGES, owner.files().account()));
    return ExportInfo.of("mappable", PAGES, ops, ExportPolicy.REVOKE);
  }

  /** Allocates a buffer of {@link #PAGES} bytes for a client; returns its descriptor. */
  int allocate(DmaBufRegistry client) {
    return heap.allocate(client.files(), PAGES, OpenFlags.O_RDWR, 0);
  }

  <S> Rig offer(Class<S> type, String bundle, String label, S service) {
    offered.add(new Offered(type, new Provider(bundle, label), service));
    return this;
  }

  @Override
  public <S, A> List<A> ask(Class<S> type, String label, BiFunction<Provider, S, A> question) {
    return offered.stream()
        .filter(one -> one.type() == type)
        .map(one -> question.apply(one.provider(), type.cast(one.service())))
        .toList();
  }

  @Override
  public boolean await(Class<?> type, Duration atMost) {
    return offered.stream().anyMatch(one -> one.type() == type);
  }

  @Override
  public void close() {
    core.close();
  }

  private record Mappable(BackingStore store)
      implements Stored, DmaBufOps.Mmappable, DmaBufOps.Vmappable {
    @Override
    public MemorySegment mmap(Arena arena, long offset, long length, boolean writable) {
      return store.map(arena, offset, length, writable);
    }

    @Override
    public MemorySegment vmap(Arena arena) {
      return store.map(arena, 0, store.size(), true);
    }
  }

  private record Buffer(BackingStore store) implements Stored {}

  private interface Stored extends DmaBufOps {
    BackingStore store();

    @Override
    default SgTable map(Attachment attachment, DmaDirection direction) {
      return store().table(direction.writes());
    }

    @Override
    default void unmap(Attachment attachment, SgTable table, DmaDirection direction) {
      table.free();
    }

    @Override
    default void release() {
      store().close();
    }
  }
}
