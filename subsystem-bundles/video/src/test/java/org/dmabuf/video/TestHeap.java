package org.dmabuf.video;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufOps;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDirection;
import org.dmabuf.ExportInfo;
import org.dmabuf.ExportPolicy;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.sg.SgTable;

/** A small exporter, which counts what the device does with its buffer. */
final class TestHeap implements DmaBufOps {
  private final BackingStore store;
  final AtomicInteger attached = new AtomicInteger();
  final AtomicInteger detached = new AtomicInteger();
  final AtomicInteger mapped = new AtomicInteger();
  final AtomicInteger unmapped = new AtomicInteger();
  volatile boolean scattered;

  private TestHeap(BackingStore store) {
    this.store = store;
  }

  /** A buffer with a descriptor in the program's table, and with one handle of it. */
  record Buffer(TestHeap heap, DmaBuf handle, int fd) {}

  static Buffer allocate(DmaBufRegistry exporter, DmaBufRegistry program, long bytes) {
    TestHeap heap = new TestHeap(exporter.allocate(bytes, program.files().account()));
    try (DmaBuf exported =
        exporter.export(ExportInfo.of("test-heap", bytes, heap, ExportPolicy.REVOKE))) {
      DmaBuf handle = program.adopt(exported);
      return new Buffer(heap, handle, program.fd(handle.get(), program.files(), true));
    }
  }

  @Override
  public void attach(Attachment attachment) {
    attached.incrementAndGet();
  }

  @Override
  public void detach(Attachment attachment) {
    detached.incrementAndGet();
  }

  @Override
  public SgTable map(Attachment attachment, DmaDirection direction) {
    mapped.incrementAndGet();
    SgTable table = store.table(direction.writes());
    if (!scattered) {
      return table;
    }
    List<SgTable.Entry> entries = new ArrayList<>();
    for (SgTable.Entry entry : table.entries()) {
      long half = entry.length() / 2;
      entries.add(new SgTable.Entry(entry.address() + half, entry.segment().asSlice(half)));
      entries.add(new SgTable.Entry(entry.address(), entry.segment().asSlice(0, half)));
    }
    return SgTable.of(entries, table::free);
  }

  @Override
  public void unmap(Attachment attachment, SgTable table, DmaDirection direction) {
    unmapped.incrementAndGet();
    table.free();
  }

  @Override
  public void release() {
    store.close();
  }
}
