package org.dmabuf.video.queue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDirection;
import org.dmabuf.ExportInfo;
import org.dmabuf.ExportPolicy;
import org.dmabuf.memory.FrameView;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.sg.SgTable;

/** A plane in memory of the device, which programs map and export. */
final class MmapMemory implements PlaneMemory {
  private final SharedStore shared;
  private final List<DmaResv> reservation;
  private final SgTable table;
  private final FrameView view;
  private final FrameView program;

  /**
   * Makes it, the device's for as long as it is at its index.
   *
   * @param shared of which one use passes to this
   * @param direction what the device does
   */
  MmapMemory(SharedStore shared, DmaDirection direction, DmaBufRegistry registry) {
    this.shared = shared;
    this.reservation = List.of(shared.resv());
    this.table = shared.store().table(true);
    List<MemorySegment> all = table.entries().stream().map(SgTable.Entry::segment).toList();
    this.program = new FrameView(all, registry.meter());
    this.view =
        direction.writes()
            ? program
            : new FrameView(all.stream().map(MemorySegment::asReadOnly).toList(), registry.meter());
  }

  @Override
  public void begin() {
    // Always mapped.
  }

  @Override
  public void finish() {
    // Stays mapped.
  }

  @Override
  public void release() {
    table.free();
    shared.put();
  }

  @Override
  public FrameView view() {
    return view;
  }

  @Override
  public List<DmaResv> reservation() {
    return reservation;
  }

  @Override
  public boolean isShared() {
    return shared.isShared();
  }

  /** Returns what a program reads or writes of it, when the queue is a file. */
  FrameView programView() {
    return program;
  }

  /** Returns its bytes, in whole pages. */
  long size() {
    return shared.store().size();
  }

  /** Maps it for a program. */
  CpuMapping mmap(String what, long length, int protection) {
    return shared.mmap(what, length, protection);
  }

  /**
   * Makes a dma-buf of it, another one each time.
   *
   * @param exporterName as bufinfo shows it
   * @param fileFlags the access mode of its file
   * @return the handle with one count, the caller's
   */
  DmaBuf export(DmaBufRegistry registry, String exporterName, int fileFlags) {
    shared.get();
    try {
      return registry.export(
          ExportInfo.of(exporterName, size(), new ExportedOps(shared), ExportPolicy.REVOKE)
              .withReservation(shared.resv())
              .withFileFlags(fileFlags));
    } catch (RuntimeException refused) {
      shared.put();
      throw refused;
    }
  }
}
