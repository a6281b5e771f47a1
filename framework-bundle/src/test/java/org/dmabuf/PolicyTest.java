package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PolicyTest {
  private static final DmaDevice DEVICE = DmaDevice.named("device");

  @RegisterExtension final Framework framework = new Framework();
  private DmaBufRegistry exporterSide;
  private DmaBufRegistry importerSide;
  private int page;

  @BeforeEach
  void open() {
    exporterSide = framework.open("exporter");
    importerSide = framework.open("importer");
    page = exporterSide.pageSize();
  }

  private RecordingExporter.Full full(ExportPolicy policy) {
    RecordingExporter.Full made = new RecordingExporter.Full(exporterSide, 2L * page);
    try (DmaBuf own = made.export(exporterSide, policy, false)) {
      made.buffer = importerSide.adopt(own);
    }
    return made;
  }

  private static byte first(SgTable table) {
    return table.segments().getFirst().get(ValueLayout.JAVA_BYTE, 0);
  }

  @Test
  void policyThatIsNotConfiguredIsTheProducts() {
    assertThat(exporterSide.policy(null)).isEqualTo(ExportPolicy.ADOPT);
    assertThat(exporterSide.policy(ExportPolicy.WAIT)).isEqualTo(ExportPolicy.WAIT);
    DmaBufOptions options = DmaBufOptions.defaults().withPolicy(ExportPolicy.REVOKE);
    try (DmaBufCore core = DmaBufCore.create(options)) {
      assertThat(core.open("any").policy(null)).isEqualTo(ExportPolicy.REVOKE);
    }
  }

  @Test
  @Row("C4")
  void adoptedBufferIsUsedAsBefore() {
    RecordingExporter.Full exporter = full(ExportPolicy.ADOPT);
    DmaBuf handle = exporter.buffer;
    Attachment attachment = handle.attach(DEVICE);
    SgTable before = attachment.mapUnlocked(DmaDirection.FROM_DEVICE);
    CpuMapping mapping = handle.mmap(0, 2L * page, true);
    handle.resv().lock();
    MemorySegment vmap = handle.vmap();
    handle.resv().unlock();
    before.segments().getFirst().set(ValueLayout.JAVA_BYTE, 0, (byte) 42);
    exporter.taken();

    framework.core().close(exporterSide);

    assertThat(exporter.taken()).containsExactly("handOver");
    assertThat(first(before)).isEqualTo((byte) 42);
    assertThat(mapping.segment().get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 42);
    assertThat(vmap.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 42);
    SgTable after = attachment.mapUnlocked(DmaDirection.TO_DEVICE);
    assertThat(first(after)).isEqualTo((byte) 42);
    assertThat(after.segments()).allMatch(MemorySegment::isReadOnly);
    attachment.unmapUnlocked(before);
    attachment.unmapUnlocked(after);
    try (Attachment late = handle.attach(DmaDevice.named("late"));
        CpuMapping lateMapping = handle.mmap(page, page, false)) {
      late.unmapUnlocked(late.mapUnlocked(DmaDirection.BIDIRECTIONAL));
      assertThat(lateMapping.segment().byteSize()).isEqualTo(page);
    }
    handle.beginCpuAccess(DmaDirection.FROM_DEVICE);
    handle.endCpuAccess(DmaDirection.FROM_DEVICE);
    handle.resv().lock();
    handle.vunmap(vmap);
    handle.vunmap(handle.vmap());
    handle.resv().unlock();
    mapping.close();
    attachment.detach();
    assertThat(importerSide.buffers().getFirst().state()).isEqualTo("ADOPTED");
    handle.close();
    assertThat(exporter.taken()).isEmpty();
    assertThat(LogRecorder.lines()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ADOPT", "REVOKE"})
  @Row("C4")
  void driverOfALiveBufferIsCollectable(ExportPolicy policy) {
    RecordingExporter.Full exporter = full(policy);
    DmaBuf handle = exporter.buffer;
    Attachment attachment = handle.attach(DEVICE);
    SgTable table = attachment.mapUnlocked(DmaDirection.BIDIRECTIONAL);
    CpuMapping mapping = handle.mmap(0, page, true);
    WeakReference<Object> gone = new WeakReference<>(exporter);
    framework.core().close(exporterSide);
    exporter = null;
    Threads.awaitCollected(gone);
    assertThat(first(table)).isZero();
    mapping.close();
    attachment.detach();
    handle.close();
  }

  @Test
  void handOverThatFailsOrIsTooSmallIsARevoke() {
    for (int kind = 0; kind < 3; kind++) {
      DmaBufRegistry side = framework.open("broken");
      BackingStore small = side.allocate(1, side.files().account());
      BackingStore handed = kind == 0 ? small : null;
      boolean throwing = kind == 2;
      class Broken extends RecordingExporter implements DmaBufOps.Adoptable {
        Broken() {
          super(side, 4L * page);
        }

        @Override
        public BackingStore handOver() {
          if (throwing) {
            throw new AssertionError("planted");
          }
          return handed;
        }
      }
      DmaBuf theirs = importerSide.adopt(new Broken().export(side, ExportPolicy.ADOPT, false));
      LogRecorder.clear();
      framework.core().close(side);
      assertThat(LogRecorder.lines()).anyMatch(line -> line.contains("could not be adopted"));
      assertErrno(Errno.ENODEV, () -> theirs.attach(DEVICE));
      theirs.close();
      assertThat(framework.holdings().bytes()).isZero();
    }
  }

  @Test
  @Row({"N7", "P2"})
  void revokedBufferKeepsWhatIsMappedAndMapsNoMore() {
    RecordingExporter.Dynamic exporter = new RecordingExporter.Dynamic(exporterSide, 2L * page);
    DmaBuf handle;
    try (DmaBuf own = exporter.export(exporterSide)) {
      handle = importerSide.adopt(own);
    }
    List<Attachment> told = new ArrayList<>();
    Attachment dynamic = handle.attach(DEVICE, told::add);
    Attachment fixed = handle.attach(DmaDevice.named("fixed"));
    SgTable mapped = dynamic.mapUnlocked(DmaDirection.BIDIRECTIONAL);
    SgTable cached = fixed.mapUnlocked(DmaDirection.TO_DEVICE);
    handle.resv().lock();
    dynamic.pin();
    handle.resv().unlock();
    exporter.taken();

    framework.core().close(exporterSide);

    assertThat(told).containsExactly(dynamic);
    assertThat(first(mapped) + first(cached)).isZero();
    assertErrno(Errno.ENODEV, () -> dynamic.mapUnlocked(DmaDirection.TO_DEVICE));
    assertErrno(Errno.ENODEV, () -> fixed.mapUnlocked(DmaDirection.TO_DEVICE));
    assertErrno(Errno.ENODEV, () -> handle.attach(DEVICE));
    assertErrno(Errno.ENODEV, () -> handle.mmap(0, 1, true));
    assertErrno(Errno.ENODEV, () -> handle.beginCpuAccess(DmaDirection.TO_DEVICE));
    handle.resv().lock();
    assertErrno(Errno.ENODEV, handle::vmap);
    assertErrno(Errno.ENODEV, dynamic::pin);
    dynamic.unpin();
    handle.resv().unlock();
    assertThat(importerSide.buffers().getFirst().state()).isEqualTo("REVOKED");
    assertThat(framework.holdings().bytes()).isEqualTo(2L * page);
    dynamic.unmapUnlocked(mapped);
    dynamic.detach();
    fixed.unmapUnlocked(cached);
    fixed.detach();
    assertThat(framework.holdings().bytes()).as("back with the last mapping").isZero();
    handle.close();
    assertThat(exporter.taken()).as("nothing calls into a bundle that is gone").isEmpty();
  }

  @Test
  @Row("C4")
  void waitGoesOnAsRevokeWhenItsBoundIsReached() throws Exception {
    RecordingExporter.Full exporter = full(ExportPolicy.WAIT);
    RecordingExporter.Full other = full(ExportPolicy.REVOKE);
    Attachment attachment = exporter.buffer.attach(DmaDevice.named("camera"));
    Attachment elsewhere = other.buffer.attach(DmaDevice.named("display"));
    exporter.taken();
    Threads.Running<Object> stop =
        Threads.start(
            () -> {
              framework.core().close(exporterSide);
              return null;
            });
    stop.awaitBlocked();
    framework.clock().advance(Framework.WAIT.toNanos() - 1);
    stop.awaitBlocked();
    framework.clock().advance(1);
    stop.join();
    assertThat(LogRecorder.lines())
        .singleElement()
        .asString()
        .contains("exporter stops while", "held by [importer, camera by importer]", "revoked");
    assertErrno(Errno.ENODEV, () -> exporter.buffer.attach(DEVICE));
    attachment.detach();
    elsewhere.detach();
    other.buffer.close();
    exporter.buffer.close();
    assertThat(exporter.taken()).isEmpty();
  }

  @Test
  @Row("C4")
  void waitEndsWithTheLastPut() throws Exception {
    RecordingExporter.Full exporter = full(ExportPolicy.WAIT);
    RecordingExporter.Full second = full(ExportPolicy.WAIT);
    Attachment attachment = exporter.buffer.attach(DEVICE);
    Threads.Running<Object> stop =
        Threads.start(
            () -> {
              framework.core().close(exporterSide);
              return null;
            });
    stop.awaitBlocked();
    second.buffer.close();
    exporter.buffer.close();
    stop.awaitBlocked();
    attachment.detach();
    stop.join();
    assertThat(exporter.taken()).containsExactly("attach", "detach", "release");
    assertThat(LogRecorder.lines()).isEmpty();
  }

  /** Live buffers under other policies held up the stop of an exporter that had one under WAIT. */
  @Test
  void waitIsOnlyForBuffersUnderWait() {
    RecordingExporter.Full waits = full(ExportPolicy.WAIT);
    RecordingExporter.Full adopted = full(ExportPolicy.ADOPT);
    waits.buffer.close();
    framework.core().close(exporterSide);
    assertThat(adopted.taken()).containsExactly("handOver");
    adopted.buffer.close();
  }

  /**
   * A stop under WAIT ended when the last reference was gone, but before the driver's release had
   * run: the gate closed and it was never called.
   */
  @Test
  @Row("C10")
  void stopWaitsForAReleaseThatHasBegun() throws Exception {
    for (ExportPolicy policy : List.of(ExportPolicy.WAIT, ExportPolicy.REVOKE)) {
      DmaBufRegistry side = framework.open("slow");
      CountDownLatch inside = new CountDownLatch(1);
      CountDownLatch go = new CountDownLatch(1);
      RecordingExporter exporter =
          new RecordingExporter(side, page) {
            @Override
            public void release() {
              inside.countDown();
              try {
                go.await();
              } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
              }
              super.release();
            }
          };
      DmaBuf theirs;
      try (DmaBuf own = exporter.export(side, policy, false)) {
        theirs = importerSide.adopt(own);
      }
      Threads.Running<Object> put =
          Threads.start(
              () -> {
                theirs.close();
                return null;
              });
      inside.await();
      Threads.Running<Object> stop =
          Threads.start(
              () -> {
                framework.core().close(side);
                return null;
              });
      stop.awaitBlocked();
      go.countDown();
      put.join();
      stop.join();
      assertThat(exporter.taken()).containsExactly("release");
      assertThat(LogRecorder.lines()).isEmpty();
    }
  }
}
