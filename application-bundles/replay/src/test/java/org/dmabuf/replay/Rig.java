package org.dmabuf.replay;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Holdings;
import org.dmabuf.ManualClock;
import org.dmabuf.exporter.gem.Vgem;
import org.dmabuf.exporter.heap.ReservedHeap;
import org.dmabuf.exporter.heap.SystemHeap;
import org.dmabuf.exporter.udmabuf.Udmabuf;
import org.dmabuf.exporter.virtio.VirtioGpu;
import org.dmabuf.heap.HeapTable;
import org.dmabuf.importer.display.Vkms;
import org.dmabuf.importer.v4l2.VividCapture;
import org.dmabuf.importer.v4l2.VividOutput;

/**
 * The devices that scenarios open, in plain Java: as the product has them without configuration.
 */
final class Rig implements AutoCloseable {
  private static final long POOL_BYTES = 1L << 30;

  private final ManualClock clock = new ManualClock();
  private final DmaBufCore core = DmaBufCore.create(clock, POOL_BYTES, Duration.ofSeconds(5));
  private final DmaBufRegistry registry = core.open("replay");
  private final DmaBufRegistry driver = core.open("drivers");
  private final ReservedHeap reserved = Components.make(ReservedHeap.class, driver);
  private final Vgem vgem = Components.make(Vgem.class, driver);
  private final Vkms vkms = Components.make(Vkms.class, driver);
  private final VividCapture capture = Components.make(VividCapture.class, driver);
  private final VividOutput output = Components.make(VividOutput.class, driver);
  private final Replay replay;

  Rig() {
    HeapTable heaps = new HeapTable();
    heaps.add(Components.make(SystemHeap.class, driver));
    heaps.add(reserved);
    Nodes nodes = new Nodes();
    nodes.add(Components.make(VirtioGpu.class, driver));
    nodes.add(vgem);
    nodes.add(vkms);
    nodes.add(capture);
    nodes.add(output);
    Devices devices = new Devices(registry, heaps, Components.make(Udmabuf.class, driver), nodes);
    replay = new Replay(Optional.of(clock), devices, Operations.all());
  }

  /** Replays one scenario; returns what disagreed. */
  List<Disagreement> replay(String family, Scenario scenario) {
    List<Disagreement> told = new ArrayList<>();
    replay.run(new Trace(family, List.of(scenario)), told::add);
    return told;
  }

  /** Returns what is held now. */
  Holdings holdings() {
    return registry.holdings();
  }

  @Override
  public void close() {
    replay.close();
    vgem.stop();
    vkms.stop();
    capture.stop();
    output.stop();
    reserved.stop();
    core.close();
  }
}
