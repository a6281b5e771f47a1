package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.dmabuf.debug.LeakOptions;
import org.dmabuf.debug.Snapshot;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.file.MmapFlags;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.resv.Usage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SnapshotTest {
  private static final DmaDevice DEVICE = DmaDevice.named("device");

  @RegisterExtension final Framework framework = new Framework();

  @Test
  void emptyProductHoldsNothing() {
    DmaBufRegistry registry = framework.open("client");
    long now = framework.clock().nanos();
    assertThat(registry.snapshot()).isEqualTo(new Snapshot(now, List.of(), List.of(), List.of()));
    assertThat(registry.leaks()).isEmpty();
  }

  @Test
  void bufferIsToldOfWithItsOwnerHandlesStateAndAge() {
    DmaBufRegistry exporterSide = framework.open("exporter");
    DmaBufRegistry importerSide = framework.open("importer");
    DmaBuf own = new RecordingExporter.Full(exporterSide, 8192).export(exporterSide);
    own.setName("frame");
    framework.clock().advance(1000);
    DmaBuf theirs = importerSide.adopt(own).get();
    theirs.resv().lock();
    theirs.vmap();
    framework.clock().advance(500);

    Snapshot.Buffer buffer = importerSide.snapshot().buffers().getFirst();

    assertThat(buffer.statistics())
        .isEqualTo(new BufferStatistics(own.inode(), 8192, Optional.of("frame"), "recorder"));
    assertThat(buffer.owner()).isEqualTo("exporter");
    assertThat(buffer.policy()).isEqualTo("REVOKE");
    assertThat(buffer.state()).isEqualTo("LIVE");
    assertThat(buffer.references()).isEqualTo(2);
    assertThat(buffer.vmaps()).isEqualTo(1);
    assertThat(buffer.mappings()).isEqualTo(1);
    assertThat(buffer.ageNanos()).isEqualTo(1500);
    assertThat(buffer.handles())
        .containsExactlyInAnyOrder(
            new Snapshot.Handle("exporter", 1, 0, taken(1500)),
            new Snapshot.Handle("importer", 2, 1, taken(500)));
    theirs.resv().unlock();
    framework.core().close(exporterSide);
    assertThat(importerSide.snapshot().buffers().getFirst().state()).isEqualTo("REVOKED");
  }

  @Test
  void attachmentIsToldOfWithItsMappingsAndPins() {
    DmaBufRegistry registry = framework.open("client");
    DmaBuf handle = RecordingExporter.of(registry, true).export(registry);
    Attachment dynamic =
        handle.attach(
            DEVICE,
            new ImporterOps() {
              @Override
              public void moveNotify(Attachment attachment) {}

              @Override
              public boolean allowPeerToPeer() {
                return true;
              }
            });
    handle.resv().lock();
    dynamic.pin();
    dynamic.map(DmaDirection.TO_DEVICE);
    handle.resv().unlock();
    framework.clock().advance(7);
    Attachment still = handle.attach(DmaDevice.named("static"));

    List<Snapshot.Attached> attached = registry.snapshot().buffers().getFirst().attachments();

    assertThat(attached)
        .containsExactlyInAnyOrder(
            new Snapshot.Attached(
                "device",
                "client",
                true,
                true,
                1,
                List.of(new Snapshot.Mapping(DmaDirection.TO_DEVICE, false, 8192, 1, taken(7))),
                taken(7)),
            new Snapshot.Attached(
                "static",
                "client",
                false,
                false,
                1,
                List.of(new Snapshot.Mapping(DmaDirection.BIDIRECTIONAL, true, 8192, 1, taken(0))),
                taken(0)));
    handle.resv().lock();
    dynamic.unpin();
    handle.resv().unlock();
    dynamic.detach();
    still.detach();
    handle.close();
  }

  @Test
  void pendingFencesAreToldOfInOrder() {
    DmaBufRegistry registry = framework.open("client");
    DmaBuf handle = RecordingExporter.of(registry, false).export(registry);
    FenceContext camera = registry.fenceContext("vivid", "capture0");
    FenceContext display = registry.fenceContext("vkms", "plane");
    DmaFence write = camera.create();
    DmaFence done = registry.fenceContext("vkms", "other").create();
    handle.resv().lock();
    handle.resv().reserveFences(3);
    handle.resv().addFence(write, Usage.WRITE);
    handle.resv().addFence(done, Usage.READ);
    handle.resv().addFence(display.create(), Usage.READ);
    handle.resv().unlock();
    assertThat(registry.snapshot().buffers().getFirst().fences()).hasSize(3);
    camera.signal(write);

    assertThat(registry.snapshot().buffers().getFirst().fences())
        .extracting(Snapshot.Fence::timeline)
        .containsExactly("other", "plane");
    assertThat(registry.snapshot().buffers().getFirst().fences().getLast())
        .isEqualTo(
            new Snapshot.Fence(Usage.READ, "vkms", "plane", display.id(), 1, OptionalLong.empty()));
    handle.close();
  }

  @Test
  void descriptorsOfAllTablesAndTheirMappingsAreToldOf() {
    DmaBufRegistry registry = framework.open("client");
    DmaBuf handle = full(registry).export(registry);
    handle.setName("frame");
    int fd = registry.fd(handle.get(), registry.files(), true);
    int theirs = registry.fd(handle.get(), registry.openTable("program"), false);
    CpuMapping own = handle.mmap(0, 4096, true);
    CpuMapping mapped =
        registry.files().mmap(fd, 8192, 0, MmapFlags.PROT_READ, MmapFlags.MAP_SHARED);

    Snapshot now = registry.snapshot();

    assertThat(now.files())
        .containsExactly(
            new Snapshot.File(
                "client",
                fd,
                "/dmabuf:frame",
                handle.inode(),
                OpenFlags.O_RDWR,
                true,
                Snapshot.Taken.of(null)),
            new Snapshot.File(
                "program",
                theirs,
                "/dmabuf:frame",
                handle.inode(),
                OpenFlags.O_RDWR,
                false,
                Snapshot.Taken.of(null)));
    assertThat(now.cpuMappings())
        .extracting(Snapshot.CpuMap::owner, Snapshot.CpuMap::length, Snapshot.CpuMap::protection)
        .containsExactly(
            tuple("client", 4096L, MmapFlags.PROT_READ | MmapFlags.PROT_WRITE),
            tuple("client", 8192L, MmapFlags.PROT_READ));
    own.close();
    mapped.close();
    handle.close();
  }

  private static RecordingExporter full(DmaBufRegistry registry) {
    return new RecordingExporter.Full(registry, 8192);
  }

  /** Whoever asks what hangs must not hang with it. */
  @Test
  @Row("N16")
  void bufferThatIsLockedForEverIsToldOf() throws Exception {
    DmaBufRegistry registry = framework.open("client");
    DmaBuf handle = RecordingExporter.of(registry, false).export(registry);
    Attachment attachment = handle.attach(DEVICE);
    attachment.mapUnlocked(DmaDirection.TO_DEVICE);
    handle.resv().lock();
    Snapshot seen = Threads.start(registry::snapshot).join();
    BufferStatistics stat = Threads.start(() -> registry.statistics().iterator().next()).join();
    handle.resv().unlock();
    assertThat(seen.buffers().getFirst().attachments().getFirst().mappings()).hasSize(1);
    assertThat(stat.inode()).isEqualTo(handle.inode());
    attachment.detach();
    handle.close();
  }

  @Test
  @Row({"D3", "N16"})
  void iteratorGoesThroughTheBuffersInOrderWhileTheyComeAndGo() {
    DmaBufRegistry registry = framework.open("client");
    DmaBuf first = RecordingExporter.of(registry, false).export(registry);
    DmaBuf second = RecordingExporter.of(registry, true).export(registry);
    DmaBuf third = RecordingExporter.of(registry, false).export(registry);
    third.setName("");
    Iterator<BufferStatistics> each = registry.statistics().iterator();
    assertThat(each.next())
        .isEqualTo(new BufferStatistics(first.inode(), 8192, Optional.empty(), "recorder"));
    first.close();
    DmaBuf fourth = RecordingExporter.of(registry, false).export(registry);
    assertThat(each.next().inode()).isEqualTo(second.inode());
    assertThat(each.next())
        .isEqualTo(new BufferStatistics(third.inode(), 8192, Optional.of(""), "recorder"));
    assertThat(each.next().inode()).isEqualTo(fourth.inode());
    assertThat(each.hasNext()).isFalse();
    second.close();
    third.close();
    fourth.close();
    assertThat(registry.statistics().iterator().hasNext()).isFalse();
  }

  @Test
  void placesAndAgesAreKnownWhenLeaksAreLookedFor() {
    ManualClock clock = new ManualClock();
    try (DmaBufCore core =
        DmaBufCore.create(DmaBufOptions.defaults().withClock(clock).withLeaks(LeakOptions.ALL))) {
      DmaBufRegistry registry = core.open("client");
      DmaBuf handle = RecordingExporter.of(registry, false).export(registry);
      handle.attach(DEVICE);
      handle.resv().lock();
      handle.resv().reserveFences(1);
      handle.resv().addFence(registry.fenceContext("driver", "line").create(), Usage.WRITE);
      handle.resv().unlock();
      registry.fd(handle.get(), registry.files(), true);
      clock.advance(9);
      Snapshot now = registry.snapshot();
      assertThat(now.files().getFirst().taken().place().orElseThrow())
          .contains("SnapshotTest.placesAndAges");
      assertThat(now.files().getFirst().taken().ageNanos()).hasValue(9);
      Snapshot.Buffer buffer = now.buffers().getFirst();
      assertThat(buffer.fences().getFirst().ageNanos()).hasValue(9);
      assertThat(buffer.attachments().getFirst().taken().place()).isPresent();
      assertThat(buffer.handles().getFirst().taken().place()).isPresent();
    }
  }

  private static Snapshot.Taken taken(long ageNanos) {
    return new Snapshot.Taken(OptionalLong.of(ageNanos), List.of());
  }
}
