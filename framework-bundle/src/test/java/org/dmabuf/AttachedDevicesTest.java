package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.resv.Usage;
import org.dmabuf.sg.DmaRange;
import org.dmabuf.sg.MappingOffer;
import org.dmabuf.sg.MappingType;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What an importer gets of what an exporter gave, and who waits. */
class AttachedDevicesTest {
  private static final DmaDevice DEVICE = DmaDevice.named("device");

  @RegisterExtension final Framework framework = new Framework();
  private DmaBufRegistry registry;
  private RecordingExporter exporter;
  private DmaBuf handle;

  @BeforeEach
  void open() {
    registry = framework.open("client");
  }

  private void export(RecordingExporter made) {
    exporter = made;
    handle = made.export(registry);
  }

  private void locked(Runnable call) {
    handle.resv().lock();
    try {
      call.run();
    } finally {
      handle.resv().unlock();
    }
  }

  @ParameterizedTest
  @EnumSource(DmaDirection.class)
  @Row({"P3", "N2"})
  void importerHasNoMoreAccessThanItsDirection(DmaDirection direction) {
    // This exporter gives writable memory to everybody.
    export(
        new RecordingExporter(registry, 8192) {
          @Override
          public SgTable map(Attachment attachment, DmaDirection asked) {
            return store.table(true);
          }
        });
    try (Attachment attachment = handle.attach(DEVICE)) {
      SgTable table = attachment.mapUnlocked(direction);
      assertThat(table.hasMemory()).isEqualTo(direction != DmaDirection.NONE);
      assertThat(table.segments()).allMatch(memory -> memory.isReadOnly() != direction.writes());
      assertThat(table.size()).isEqualTo(8192);
      attachment.unmapUnlocked(table);
    }
    handle.close();
  }

  @Test
  @Row({"P3", "P8"})
  void importerCannotFreeWhatTheExporterGave() {
    export(RecordingExporter.of(registry, false));
    Attachment attachment = handle.attach(DEVICE);
    SgTable table = attachment.mapUnlocked(DmaDirection.FROM_DEVICE);
    table.free();
    exporter.store.close();
    assertThat(framework.holdings().bytes()).as("still mapped").isEqualTo(8192);
    table.segments().getFirst().set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
    attachment.unmapUnlocked(table);
    assertThat(framework.holdings().bytes()).isZero();
    attachment.detach();
    handle.close();
  }

  @Test
  @Row({"A2", "P8"})
  void exporterGetsItsOwnTableBackWhateverTheDeviceGot() {
    List<SgTable> given = new ArrayList<>();
    List<SgTable> taken = new ArrayList<>();
    export(
        new RecordingExporter(registry, 8192) {
          @Override
          public SgTable map(Attachment attachment, DmaDirection direction) {
            given.add(super.map(attachment, direction));
            return given.getLast();
          }

          @Override
          public void unmap(Attachment attachment, SgTable table, DmaDirection direction) {
            taken.add(table);
            super.unmap(attachment, table, direction);
          }
        });
    Iommu iommu = Iommu.of("smmu", 0x4000, 1 << 20);
    DmaDevice device = DmaDevice.builder("gpu").maxSegment(4096).iommu(iommu).build();
    Attachment attachment = handle.attach(device);
    SgTable table = attachment.mapUnlocked(DmaDirection.TO_DEVICE);
    assertThat(table.ranges())
        .containsExactly(new DmaRange(0x4000, 4096), new DmaRange(0x5000, 4096));
    assertThat(table.segments()).allMatch(MemorySegment::isReadOnly);
    attachment.unmapUnlocked(table);
    assertThat(iommu.used()).isZero();
    assertThat(taken).containsExactlyElementsOf(given);
    attachment.mapUnlocked(DmaDirection.TO_DEVICE);
    assertThat(iommu.used()).isEqualTo(8192);
    attachment.detach();
    assertThat(iommu.used()).as("detach gives addresses back").isZero();
    handle.close();
  }

  @Test
  @Row({"A2", "P6"})
  void mappingThatDoesNotSuitTheDeviceIsUndone() {
    export(RecordingExporter.of(registry, false));
    DmaDevice low = DmaDevice.builder("low").addressMask(0xffff_ffffL).build();
    Attachment attachment = handle.attach(low);
    assertErrno(Errno.EIO, () -> attachment.mapUnlocked(DmaDirection.TO_DEVICE));
    assertThat(exporter.taken()).containsExactly("attach", "map(TO_DEVICE)", "unmap(TO_DEVICE)");
    assertThat(framework.holdings().mappings()).isZero();
    attachment.detach();
    handle.close();

    export(RecordingExporter.of(registry, true));
    assertErrno(Errno.EIO, () -> handle.attach(low));
    assertThat(exporter.taken())
        .containsExactly(
            "attach", "pin", "map(BIDIRECTIONAL)", "unmap(BIDIRECTIONAL)", "unpin", "detach");
    handle.close();
  }

  @Test
  @Row({"A4", "N9"})
  void peerGetsAnotherDevicesAddresses() {
    DmaRange registers = new DmaRange(0xfe00_0000L, 1 << 16);
    export(
        new RecordingExporter(registry, 4096) {
          @Override
          public void attach(Attachment attachment) {
            MappingOffer.Agreement agreed =
                attachment.agree(List.of(new MappingOffer(MappingType.PEER_ADDRESSES, "pci0")));
            assertThat(agreed.importer().type()).isSameAs(MappingType.PEER_ADDRESSES);
          }

          @Override
          public SgTable map(Attachment attachment, DmaDirection direction) {
            return SgTable.ofRanges(List.of(registers), () -> {});
          }
        });
    ImporterOps peer =
        new ImporterOps() {
          @Override
          public void moveNotify(Attachment attachment) {
            throw new AssertionError("nothing moves");
          }

          @Override
          public boolean allowPeerToPeer() {
            return true;
          }

          @Override
          public List<MappingOffer> mappingOffers() {
            return List.of(MappingOffer.SG_TABLE, new MappingOffer(MappingType.PEER_ADDRESSES, ""));
          }
        };
    try (Attachment near = handle.attach(DEVICE, peer)) {
      assertThat(near.mappingType()).isEqualTo("peer addresses");
      SgTable table = near.mapUnlocked(DmaDirection.BIDIRECTIONAL);
      assertThat(table.ranges()).containsExactly(registers);
      assertThat(table.hasMemory()).isFalse();
      assertErrno(Errno.EINVAL, () -> near.agree(List.of(MappingOffer.SG_TABLE)));
    }
    assertErrno(Errno.EINVAL, () -> handle.attach(DEVICE));
    handle.close();
  }

  @Test
  @Row({"N2", "P7"})
  void staticImporterWaitsUntilTheStorageHasArrived() throws Exception {
    export(RecordingExporter.of(registry, false));
    FenceContext mover = registry.fenceContext("mover", "copies");
    DmaFence moving = mover.create();
    locked(
        () -> {
          handle.resv().reserveFences(1);
          handle.resv().addFence(moving, Usage.KERNEL);
        });
    Attachment fixed = handle.attach(DEVICE);
    Threads.Running<SgTable> waiting =
        Threads.start(() -> fixed.mapUnlocked(DmaDirection.TO_DEVICE));
    waiting.awaitBlocked();
    mover.signal(moving);
    fixed.unmapUnlocked(waiting.join());
    fixed.detach();
    mover.close();
    handle.close();
  }

  @Test
  @Row({"N2", "P7"})
  void interruptedWaitForStorageUndoesTheMapping() throws Exception {
    export(RecordingExporter.of(registry, true));
    FenceContext mover = registry.fenceContext("mover", "copies");
    DmaFence moving = mover.create();
    locked(
        () -> {
          handle.resv().reserveFences(1);
          handle.resv().addFence(moving, Usage.KERNEL);
        });
    // A dynamic importer waits for itself, so its map comes back at once.
    Attachment dynamic = handle.attach(DEVICE, moved -> {});
    dynamic.unmapUnlocked(dynamic.mapUnlocked(DmaDirection.TO_DEVICE));
    dynamic.detach();
    exporter.taken();
    Threads.Running<Object> waiting =
        Threads.start(
            () -> {
              assertErrno(Errno.ERESTARTSYS, () -> handle.attach(DEVICE));
              return null;
            });
    waiting.awaitBlocked();
    waiting.thread().interrupt();
    waiting.join();
    assertThat(exporter.taken())
        .containsExactly(
            "attach", "pin", "map(BIDIRECTIONAL)", "unmap(BIDIRECTIONAL)", "unpin", "detach");
    assertThat(framework.holdings().mappings()).isZero();
    mover.close();
    handle.close();
  }

  @Test
  @Row({"P1", "N1"})
  void pinsAreCountedAndUndoneAtDetach() {
    export(RecordingExporter.of(registry, true));
    Attachment dynamic = handle.attach(DEVICE, moved -> {});
    locked(
        () -> {
          dynamic.pin();
          dynamic.pin();
          dynamic.unpin();
        });
    exporter.failing.add("pin");
    locked(() -> assertErrno(Errno.EBUSY, dynamic::pin));
    exporter.taken();
    dynamic.detach();
    assertThat(exporter.taken()).containsExactly("unpin", "detach");
    assertThat(LogRecorder.lines()).anyMatch(line -> line.contains("1 pins left"));
    locked(() -> assertErrno(Errno.EINVAL, dynamic::unpin));
    exporter.failing.clear();
    Attachment second = handle.attach(DEVICE, moved -> {});
    locked(() -> assertErrno(Errno.EINVAL, second::unpin));
    second.detach();
    assertThat(exporter.taken()).containsExactly("attach", "detach");
    handle.close();
  }

  @Test
  @Row({"A1", "P3"})
  void directionMustBeGivenAndAttachOver() {
    List<Throwable> early = new ArrayList<>();
    export(
        new RecordingExporter(registry, 4096) {
          @Override
          public void attach(Attachment attachment) {
            early.add(
                org.assertj.core.api.Assertions.catchThrowable(
                    () -> attachment.mapUnlocked(DmaDirection.TO_DEVICE)));
          }
        });
    try (Attachment attachment = handle.attach(DEVICE)) {
      assertErrno(Errno.EINVAL, () -> attachment.mapUnlocked(null));
      assertThat(attachment.toString()).contains("device").contains("client");
    }
    assertThat(early).hasSize(1);
    assertThatThrownBy(
            () -> {
              throw early.getFirst();
            })
        .hasMessageContaining("EINVAL")
        .hasMessageContaining("ATTACHING");
    handle.close();
  }
}
