package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.resv.Usage;
import org.dmabuf.sg.MappingOffer;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AttachmentTest {
  private static final DmaDevice DEVICE = DmaDevice.named("device");

  @RegisterExtension final Framework framework = new Framework();
  private final List<Attachment> notified = new ArrayList<>();
  private DmaBufRegistry exporterSide;
  private DmaBufRegistry importerSide;
  private RecordingExporter exporter;
  private DmaBuf handle;

  @BeforeEach
  void open() {
    exporterSide = framework.open("exporter");
    importerSide = framework.open("importer");
  }

  private void export(boolean dynamic) {
    export(RecordingExporter.of(exporterSide, dynamic), false);
  }

  private void export(RecordingExporter made, boolean caching) {
    exporter = made;
    try (DmaBuf own = exporter.export(exporterSide, ExportPolicy.REVOKE, caching)) {
      handle = importerSide.adopt(own);
      exporter.buffer = handle;
    }
  }

  private Attachment attach(boolean dynamic) {
    return dynamic ? handle.attach(DEVICE, notified::add) : handle.attach(DEVICE);
  }

  @Test
  @Row({"K/7", "A6", "C14"})
  void staticBothAttachMapUnmapDetachRelease() {
    export(false);
    Attachment attachment = attach(false);
    assertThat(exporter.taken()).containsExactly("attach");
    SgTable table = attachment.mapUnlocked(DmaDirection.TO_DEVICE);
    assertThat(framework.holdings().mappings()).isEqualTo(1);
    attachment.unmapUnlocked(table);
    attachment.detach();
    attachment.detach();
    assertThat(exporter.taken()).containsExactly("map(TO_DEVICE)", "unmap(TO_DEVICE)", "detach");
    handle.close();
    assertThat(exporter.taken()).containsExactly("release");
  }

  @Test
  @Row({"K/7", "A5"})
  void staticImporterOfADynamicExporterIsPinnedAndMappedAtAttach() {
    export(true);
    Attachment attachment = attach(false);
    assertThat(exporter.taken()).containsExactly("attach", "pin", "map(BIDIRECTIONAL)");
    SgTable table = attachment.mapUnlocked(DmaDirection.FROM_DEVICE);
    assertThat(attachment.mapUnlocked(DmaDirection.TO_DEVICE)).isSameAs(table);
    attachment.unmapUnlocked(table);
    attachment.unmapUnlocked(table);
    assertThat(exporter.taken()).isEmpty();
    attachment.detach();
    assertThat(exporter.taken()).containsExactly("unmap(BIDIRECTIONAL)", "unpin", "detach");
    handle.close();
  }

  @Test
  @Row({"K/7", "L/9", "P5"})
  void dynamicBothMapWithoutPinning() {
    export(true);
    Attachment attachment = attach(true);
    assertThat(attachment.isDynamic()).isTrue();
    SgTable table = attachment.mapUnlocked(DmaDirection.FROM_DEVICE);
    attachment.unmapUnlocked(table);
    attachment.detach();
    assertThat(exporter.taken())
        .containsExactly("attach", "map(FROM_DEVICE)", "unmap(FROM_DEVICE)", "detach");
    handle.close();
  }

  @Test
  @Row("K/7")
  void dynamicImporterOfAStaticExporterIsMappedAtAttach() {
    export(false);
    Attachment attachment = attach(true);
    assertThat(exporter.taken()).containsExactly("attach", "map(BIDIRECTIONAL)");
    attachment.unmapUnlocked(attachment.mapUnlocked(DmaDirection.TO_DEVICE));
    attachment.detach();
    assertThat(exporter.taken()).containsExactly("unmap(BIDIRECTIONAL)", "detach");
    handle.close();
  }

  @ParameterizedTest
  @CsvSource({
    "attach, attach",
    "pin,    attach pin detach",
    "map,    attach pin map(BIDIRECTIONAL) unpin detach"
  })
  @Row({"K/7", "A2", "A5"})
  void failedAttachRollsBack(String failing, String calls) {
    export(true);
    exporter.failing.add(failing);
    assertErrno(Errno.EBUSY, () -> attach(false));
    assertThat(exporter.taken()).containsExactly(calls.split(" "));
    assertThat(framework.holdings().attachments()).isZero();
    assertThat(handle.resv().isLocked()).isFalse();
    handle.close();
    assertThat(exporter.taken()).containsExactly("release");
  }

  @ParameterizedTest
  @ValueSource(strings = {"attach", "pin", "map"})
  void exporterThatThrowsAnythingIsEioAndLeavesNothingHalfDone(String failing) {
    export(true);
    exporter.failing.addAll(List.of(failing, "unpin", "detach"));
    exporter.failure = () -> new IllegalArgumentException("planted");
    assertErrno(Errno.EIO, () -> attach(false));
    assertThat(framework.holdings().attachments()).isZero();
    assertThat(framework.holdings().mappings()).isZero();
    handle.close();
    assertThat(exporter.taken()).endsWith("release");
  }

  /** What cannot be refused is done, and told to people. */
  @ParameterizedTest
  @ValueSource(strings = {"unpin", "unmap", "detach"})
  @Row({"A7", "P8"})
  void exporterThatFailsToTakeBackIsLogged(String failing) {
    export(true);
    Attachment attachment = attach(true);
    handle.resv().lock();
    attachment.pin();
    attachment.map(DmaDirection.TO_DEVICE);
    attachment.unpin();
    attachment.pin();
    exporter.failing.add(failing);
    attachment.unpin();
    handle.resv().unlock();
    attachment.detach();
    assertThat(LogRecorder.lines())
        .singleElement()
        .asString()
        .startsWith("WARN")
        .contains("planted");
    assertThat(exporter.taken())
        .containsExactly(
            "attach",
            "pin",
            "map(TO_DEVICE)",
            "unpin",
            "pin",
            "unpin",
            "unmap(TO_DEVICE)",
            "detach");
    assertThat(framework.holdings().attachments()).isZero();
    handle.close();
    assertThat(framework.holdings().bytes()).as("freed all the same").isZero();
  }

  @Test
  @Row({"K/7", "P6"})
  void noTableIsEnomem() {
    export(true);
    exporter.nullTable = true;
    assertErrno(Errno.ENOMEM, () -> attach(false));
    assertThat(exporter.taken())
        .containsExactly("attach", "pin", "map(BIDIRECTIONAL)", "unpin", "detach");
    try (Attachment dynamic = attach(true)) {
      assertErrno(Errno.ENOMEM, () -> dynamic.mapUnlocked(DmaDirection.TO_DEVICE));
      assertThat(framework.holdings().mappings()).isZero();
    }
    handle.close();
  }

  @Test
  @Row({"K/8", "P4"})
  void cachedMappingServesItsDirectionOnly() {
    export(RecordingExporter.of(exporterSide, false), true);
    Attachment attachment = attach(false);
    SgTable table = attachment.mapUnlocked(DmaDirection.TO_DEVICE);
    attachment.unmapUnlocked(table);
    assertThat(attachment.mapUnlocked(DmaDirection.TO_DEVICE)).isSameAs(table);
    assertErrno(Errno.EBUSY, () -> attachment.mapUnlocked(DmaDirection.BIDIRECTIONAL));
    assertErrno(Errno.EBUSY, () -> attachment.mapUnlocked(DmaDirection.FROM_DEVICE));
    assertThat(exporter.taken()).containsExactly("attach", "map(TO_DEVICE)");
    attachment.detach();
    assertThat(exporter.taken()).containsExactly("unmap(TO_DEVICE)", "detach");
    Attachment both = attach(false);
    SgTable wide = both.mapUnlocked(DmaDirection.BIDIRECTIONAL);
    assertThat(both.mapUnlocked(DmaDirection.FROM_DEVICE)).isSameAs(wide);
    both.detach();
    handle.close();
  }

  @Test
  @Row({"N1", "P3", "P8"})
  void mapAndUnmapNeedTheReservation() {
    export(false);
    Attachment attachment = attach(false);
    assertErrno(Errno.EINVAL, () -> attachment.map(DmaDirection.TO_DEVICE));
    SgTable table = attachment.mapUnlocked(DmaDirection.TO_DEVICE);
    assertErrno(Errno.EINVAL, () -> attachment.unmap(table));
    attachment.unmapUnlocked(table);
    assertErrno(Errno.EINVAL, () -> attachment.unmapUnlocked(table));
    attachment.detach();
    assertErrno(Errno.EINVAL, () -> attachment.mapUnlocked(DmaDirection.TO_DEVICE));
    handle.close();
  }

  @Test
  @Row("K/7")
  void directionNoneReachesTheExporter() {
    export(false);
    try (Attachment attachment = attach(false)) {
      attachment.unmapUnlocked(attachment.mapUnlocked(DmaDirection.NONE));
      assertThat(exporter.taken()).containsExactly("attach", "map(NONE)", "unmap(NONE)");
    }
    handle.close();
  }

  @Test
  @Row("P1")
  void onlyDynamicImportersPin() {
    export(true);
    Attachment fixed = attach(false);
    Attachment dynamic = attach(true);
    exporter.taken();
    handle.resv().lock();
    assertErrno(Errno.EINVAL, fixed::pin);
    assertErrno(Errno.EINVAL, fixed::unpin);
    assertThat(exporter.taken()).as("its pin is not its own").isEmpty();
    dynamic.pin();
    dynamic.unpin();
    assertErrno(Errno.EINVAL, dynamic::unpin);
    handle.resv().unlock();
    assertThat(exporter.taken()).containsExactly("pin", "unpin");
    fixed.detach();
    dynamic.detach();
    handle.close();
  }

  @Test
  @Row({"N1", "P1"})
  void pinAndUnpinNeedTheReservation() {
    export(true);
    Attachment attachment = attach(true);
    assertErrno(Errno.EINVAL, attachment::pin);
    handle.resv().lock();
    attachment.pin();
    handle.resv().unlock();
    assertErrno(Errno.EINVAL, attachment::unpin);
    assertThat(exporter.taken()).as("it is still pinned").containsExactly("attach", "pin");
    attachment.detach();
    assertThat(exporter.taken()).containsExactly("unpin", "detach");
    assertThat(LogRecorder.lines()).singleElement().asString().contains("1 pins", "device");
    handle.resv().lock();
    assertErrno(Errno.EINVAL, attachment::pin);
    assertErrno(Errno.EINVAL, attachment::unpin);
    handle.resv().unlock();
    assertThat(exporter.taken()).as("nothing is pinned after detach").isEmpty();
    handle.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"attach", "map"})
  @Row("A2")
  void attachmentThatWasRefusedIsOver(String failing) {
    List<Attachment> offered = new ArrayList<>();
    export(
        new RecordingExporter(exporterSide, 4096) {
          @Override
          public void attach(Attachment attachment) {
            offered.add(attachment);
            super.attach(attachment);
          }
        },
        false);
    exporter.failing.add(failing);
    assertErrno(Errno.EBUSY, () -> attach(true));
    Attachment refused = offered.getFirst();
    assertErrno(Errno.EINVAL, () -> refused.agree(List.of(MappingOffer.SG_TABLE)));
    assertErrno(Errno.EINVAL, () -> refused.mapUnlocked(DmaDirection.TO_DEVICE));
    assertErrno(Errno.EINVAL, refused::notifyMove);
    handle.resv().lock();
    refused.notifyMove();
    handle.resv().unlock();
    refused.detach();
    assertThat(notified).as("its importer is told nothing").isEmpty();
    assertThat(exporter.taken()).doesNotHaveDuplicates();
    handle.close();
    assertThat(exporter.taken()).containsExactly("release");
  }

  @Test
  @Row("P1")
  void pinHasNoEffectWhereStorageDoesNotMove() {
    export(false);
    try (Attachment dynamic = attach(true)) {
      handle.resv().lock();
      dynamic.pin();
      dynamic.unpin();
      handle.resv().unlock();
      assertThat(exporter.taken()).containsExactly("attach", "map(BIDIRECTIONAL)");
    }
    handle.close();
  }

  @Test
  @Row("P2")
  void moveNotifyTellsDynamicImportersWithTheReservationHeld() {
    export(true);
    Attachment fixed = attach(false);
    List<Boolean> held = new ArrayList<>();
    Attachment dynamic = handle.attach(DEVICE, attachment -> held.add(attachment.resv().isHeld()));
    Attachment broken =
        handle.attach(
            DEVICE,
            attachment -> {
              throw new IllegalStateException("planted");
            });
    Attachment second = attach(true);
    SgTable table = second.mapUnlocked(DmaDirection.TO_DEVICE);
    assertErrno(Errno.EINVAL, handle::moveNotify);
    handle.resv().lock();
    handle.moveNotify();
    handle.resv().unlock();
    assertThat(held).containsExactly(true);
    assertThat(notified).containsExactly(second);
    assertThat(table.segments().getFirst().get(ValueLayout.JAVA_BYTE, 0)).isZero();
    List.of(fixed, dynamic, broken, second).forEach(Attachment::detach);
    handle.close();
  }

  @Test
  @Row("A4")
  void exporterMayClearPeerToPeer() {
    export(
        new RecordingExporter(exporterSide, 4096) {
          @Override
          public void attach(Attachment attachment) {
            if (attachment.device().name().equals("near")) {
              attachment.clearPeerToPeer();
            }
          }
        },
        false);
    ImporterOps peer =
        new ImporterOps() {
          @Override
          public void moveNotify(Attachment attachment) {
            notified.add(attachment);
          }

          @Override
          public boolean allowPeerToPeer() {
            return true;
          }
        };
    try (Attachment near = handle.attach(DmaDevice.named("near"), peer);
        Attachment far = handle.attach(DmaDevice.named("far"), peer);
        Attachment fixed = handle.attach(DEVICE)) {
      assertThat(near.isPeerToPeer()).isFalse();
      assertThat(far.isPeerToPeer()).isTrue();
      assertThat(fixed.isPeerToPeer()).isFalse();
    }
    handle.close();
  }

  @Test
  @Row("A1")
  void deviceMustBeGivenAndHandleOpen() {
    export(false);
    assertErrno(Errno.EINVAL, () -> handle.attach(null));
    handle.close();
    assertErrno(Errno.EBADF, () -> attach(false));
  }

  @Test
  @Row({"A7", "C11"})
  void attachmentKeepsTheBufferAndDetachUnmapsWhatIsLeft() {
    export(false);
    Attachment attachment = attach(false);
    SgTable table = attachment.mapUnlocked(DmaDirection.BIDIRECTIONAL);
    handle.close();
    MemorySegment memory = table.segments().getFirst();
    memory.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
    assertThat(exporter.taken()).containsExactly("attach", "map(BIDIRECTIONAL)");
    attachment.close();
    assertThat(exporter.taken()).containsExactly("unmap(BIDIRECTIONAL)", "detach", "release");
  }

  @Test
  void bufinfoListsAttachmentsMappingsAndHolders() {
    export(false);
    try (Attachment attachment = attach(false)) {
      SgTable table = attachment.mapUnlocked(DmaDirection.TO_DEVICE);
      handle.setName("frame");
      BufferInfo info = exporterSide.buffers().getFirst();
      assertThat(info.inode()).isEqualTo(handle.inode());
      assertThat(info.attachments()).containsExactly("device by importer");
      assertThat(info.mappings()).isEqualTo(1);
      assertThat(info.holders()).containsExactly("importer");
      assertThat(info.owner()).isEqualTo("exporter");
      assertThat(info.name()).contains("frame");
      assertThat(info.references()).isEqualTo(2);
      assertThat(info.fences()).isEmpty();
      FenceContext context = exporterSide.fenceContext("driver", "line");
      handle.resv().lock();
      handle.resv().reserveFences(1);
      handle.resv().addFence(context.create(), Usage.WRITE);
      handle.resv().unlock();
      assertThat(exporterSide.buffers().getFirst().fences())
          .singleElement()
          .asString()
          .contains("WRITE", "driver", "line");
      context.close();
      attachment.unmapUnlocked(table);
    }
    handle.close();
    assertThat(exporterSide.buffers()).isEmpty();
  }
}
