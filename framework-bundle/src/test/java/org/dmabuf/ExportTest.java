package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFile;
import org.dmabuf.resv.DmaResv;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The life of a buffer from its export to its release, and what is known of it meanwhile. */
class ExportTest {
  @RegisterExtension final Framework framework = new Framework();
  private DmaBufRegistry registry;

  @BeforeEach
  void open() {
    registry = framework.open("driver.bundle 1.2.3");
  }

  @Test
  @Row({"C8", "C13"})
  void exporterThatGivesNoNameGoesByItsBundles() {
    RecordingExporter exporter = RecordingExporter.of(registry, false);
    try (DmaBuf buffer = registry.export(8192, exporter, ExportPolicy.REVOKE)) {
      assertThat(buffer.exporterName()).isEqualTo("driver.bundle 1.2.3");
      assertThat(registry.buffers().getFirst().owner()).isEqualTo("driver.bundle 1.2.3");
      assertThat(registry.buffers().getFirst().name()).isEmpty();
    }
  }

  @Test
  @Row("C6")
  void buffersOfAnExportersReservationAreLockedTogether() {
    DmaResv own = registry.reservation();
    RecordingExporter first = RecordingExporter.of(registry, false);
    RecordingExporter second = RecordingExporter.of(registry, false);
    ExportPolicy revoke = ExportPolicy.REVOKE;
    DmaBuf a = registry.export(ExportInfo.of("a", 8192, first, revoke).withReservation(own));
    DmaBuf b = registry.export(ExportInfo.of("b", 8192, second, revoke).withReservation(own));
    DmaBuf alone = registry.export(8192, RecordingExporter.of(registry, false), revoke);
    a.resv().lock();
    assertThat(b.resv().isHeld()).isTrue();
    assertThat(alone.resv().isLocked()).isFalse();
    a.close();
    assertThat(own.isHeld()).as("it outlives the buffer").isTrue();
    own.unlock();
    b.close();
    alone.close();
  }

  @Test
  @Row({"C4", "C5"})
  void exportOfALeavingBundleIsEnoentAndItsReleaseIsNotCalled() {
    RecordingExporter exporter = RecordingExporter.of(registry, false);
    framework.core().leave(registry);
    assertErrno(Errno.ENOENT, () -> registry.export(8192, exporter, ExportPolicy.REVOKE));
    assertThat(exporter.taken()).isEmpty();
    assertThat(framework.holdings().buffers()).isZero();
    exporter.store.close();
  }

  @Test
  @Row({"C5", "F1"})
  void descriptorThatCannotBeMadeLeavesNothingButTheHandle() {
    RecordingExporter exporter = RecordingExporter.of(registry, false);
    DmaBuf buffer = exporter.export(registry);
    FileTable full = registry.openTable("full");
    full.close();
    assertErrno(Errno.EBADF, () -> registry.fd(buffer, full, true));
    assertThat(registry.buffers().getFirst().references()).isEqualTo(1);
    assertThat(exporter.taken()).isEmpty();
    buffer.close();
    assertThat(exporter.taken()).containsExactly("release");
  }

  @Test
  @Row({"C9", "C10"})
  void bufferIsUnlistedBeforeItsReleaseAndReleasedOnce() {
    List<String> seen = new ArrayList<>();
    RecordingExporter exporter =
        new RecordingExporter(registry, 4096) {
          @Override
          public void release() {
            seen.add(registry.buffers() + " " + registry.statistics().iterator().hasNext());
            super.release();
          }
        };
    DmaBuf buffer = exporter.export(registry);
    assertThat(registry.buffers()).hasSize(1);
    buffer.close();
    assertThat(seen).containsExactly("[] false");
    assertThat(exporter.taken()).containsExactly("release");
    assertErrno(Errno.EBADF, buffer::close);
    assertThat(seen).hasSize(1);
  }

  /** Whoever puts what he has not got releases it under the feet of others, which is seen. */
  @Test
  @Row({"C10", "C11"})
  void releaseWithAttachmentsAndVmapsLeftWarnsAndGoesOn() {
    RecordingExporter.Full exporter = new RecordingExporter.Full(registry, 4096);
    DmaBuf buffer = exporter.export(registry);
    int fd = registry.fd(buffer.get(), registry.files(), false);
    Attachment attachment = buffer.attach(DmaDevice.named("device"));
    buffer.resv().lock();
    buffer.vmap();
    buffer.resv().unlock();
    OpenFile file = registry.files().get(fd);
    LogRecorder.clear();
    while (file.references() > 0) {
      file.put();
    }
    assertThat(LogRecorder.lines()).anyMatch(line -> line.contains("1 vmaps and 1 attachments"));
    assertThat(exporter.taken()).containsExactly("attach", "vmap", "vunmap", "release");
    assertErrno(Errno.EBADF, file::put);
    assertThat(file.tryGet()).isFalse();
    assertThat(registry.buffers()).isEmpty();
    assertErrno(Errno.ENODEV, () -> buffer.mmap(0, 4096, false));
    LogRecorder.clear();
    assertErrno(Errno.EBADF, attachment::detach);
    assertThat(exporter.taken()).as("the driver has freed the buffer").isEmpty();
    assertErrno(Errno.EBADF, buffer::close);
  }

  @Test
  @Row("C12")
  void numbersAreUniqueAndGrow() throws Exception {
    Set<Long> numbers = ConcurrentHashMap.newKeySet();
    Threads.together(
        4,
        number -> {
          long last = 0;
          for (int i = 0; i < 500; i++) {
            RecordingExporter exporter = new RecordingExporter(registry, 1);
            try (DmaBuf buffer = exporter.export(registry)) {
              assertThat(buffer.inode()).isGreaterThan(last);
              last = buffer.inode();
              assertThat(numbers.add(last)).isTrue();
            }
          }
        });
    assertThat(numbers).hasSize(2_000);
  }

  @Test
  @Row({"D3", "N16", "A/19"})
  void statisticsAreWalkedWithoutALock() throws Exception {
    DmaBuf first = RecordingExporter.of(registry, false).export(registry);
    DmaBuf second = RecordingExporter.of(registry, false).export(registry);
    second.setName("nm1");
    assertThat(registry.statistics())
        .containsExactly(
            new BufferStatistics(first.inode(), 8192, Optional.empty(), "recorder"),
            new BufferStatistics(second.inode(), 8192, Optional.of("nm1"), "recorder"));
    BufferStatistics one = registry.statistics().iterator().next();
    assertThat(one.attribute("exporter_name")).isEqualTo("recorder\n");
    assertThat(one.attribute("size")).isEqualTo("8192\n");
    assertErrno(Errno.ENOENT, () -> one.attribute("name"));
    Iterator<BufferStatistics> walk = registry.statistics().iterator();
    assertThat(walk.next().inode()).isEqualTo(first.inode());
    first.resv().lock();
    Threads.start(
            () -> {
              assertThat(registry.statistics()).hasSize(2);
              assertThat(registry.buffers()).hasSize(2);
              return null;
            })
        .join();
    first.resv().unlock();
    first.close();
    second.close();
    while (walk.hasNext()) {
      assertThat(walk.next().inode()).isEqualTo(second.inode());
    }
    assertThat(registry.statistics()).isEmpty();
  }

  @Test
  @Row("D2")
  void snapshotTellsAgeAndAccessMode() {
    RecordingExporter exporter = RecordingExporter.of(registry, false);
    DmaBuf buffer =
        registry.export(
            ExportInfo.of("recorder", 8192, exporter, ExportPolicy.REVOKE).withFileFlags(0));
    framework.clock().advance(3_000_000_000L);
    BufferInfo info = registry.buffers().getFirst();
    assertThat(info.age()).hasSeconds(3);
    assertThat(info.fileFlags()).isZero();
    assertThat(info.fileMode()).isEqualTo(0x80005);
    buffer.close();
  }

  @Test
  void limitOfDescriptorsIsThatOfTheProduct() {
    framework.core().setFileLimit(2);
    DmaBufRegistry late = framework.open("late");
    assertThat(late.files().limit()).isEqualTo(2);
    assertThat(late.openTable("program").limit()).isEqualTo(2);
    assertThat(registry.files().limit()).isEqualTo(FileTable.DEFAULT_LIMIT);
    late.memfd(late.files(), "a", 0, 0, false);
    late.memfd(late.files(), "b", 0, 0, false);
    assertErrno(Errno.EMFILE, () -> late.memfd(late.files(), "c", 0, 0, false));
    assertErrno(Errno.EINVAL, () -> framework.core().setFileLimit(0));
  }
}
