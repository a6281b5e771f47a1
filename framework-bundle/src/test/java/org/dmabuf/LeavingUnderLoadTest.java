package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Exporters and importers leave while other threads map, unmap, attach, get and put. */
class LeavingUnderLoadTest {
  @RegisterExtension final Framework framework = new Framework();

  @ParameterizedTest
  @EnumSource(
      value = ExportPolicy.class,
      names = {"ADOPT", "REVOKE"})
  @Row("C4")
  void exporterLeavesWhileOthersUseItsBuffers(ExportPolicy policy) throws Exception {
    for (int round = 0; round < 60; round++) {
      DmaBufRegistry exporterSide = framework.open("exporter");
      DmaBufRegistry importerSide = framework.open("importer");
      AtomicInteger callsAfter = new AtomicInteger();
      RecordingExporter.Full exporter = new RecordingExporter.Full(exporterSide, 8192);
      DmaBuf own = exporter.export(exporterSide, policy, false);
      DmaBuf shared = importerSide.adopt(own);
      int seed = round;
      Threads.together(
          4,
          number -> {
            Random random = new Random(seed * 10L + number);
            if (number == 0) {
              for (int i = random.nextInt(30); i > 0; i--) {
                Thread.onSpinWait();
              }
              framework.core().close(exporterSide);
              callsAfter.set(exporter.calls.size());
              return;
            }
            for (int i = 0; i < 30; i++) {
              try {
                use(random, importerSide, shared);
              } catch (DmaBufException gone) {
                assertThat(gone.errno()).as(gone.getMessage()).isEqualTo(Errno.ENODEV);
              }
            }
          });
      assertThat(exporter.calls).as("after it had gone").hasSize(callsAfter.get());
      assertThat(exporter.calls).noneMatch(call -> call.endsWith("LOCKED"));
      shared.close();
      framework.core().close(importerSide);
      assertThat(framework.holdings())
          .as("round " + round)
          .isEqualTo(new Holdings(0, 0, 0, 0, 0, 0));
    }
  }

  private static void use(Random random, DmaBufRegistry importerSide, DmaBuf shared) {
    switch (random.nextInt(4)) {
      case 0 -> {
        try (Attachment attachment = shared.attach(DmaDevice.named("device"))) {
          SgTable table = attachment.mapUnlocked(DmaDirection.BIDIRECTIONAL);
          table.segments().getFirst().fill((byte) 1);
          attachment.unmapUnlocked(table);
        }
      }
      case 1 -> {
        try (CpuMapping mapping = shared.mmap(0, 4096, true)) {
          mapping.segment().fill((byte) 2);
        }
      }
      case 2 -> shared.get().close();
      default ->
          importerSide
              .files()
              .close(importerSide.fd(importerSide.adopt(shared), importerSide.files(), true));
    }
  }

  @Test
  void importerLeavesWhileItsThreadsUseTheBuffer() throws Exception {
    DmaBufRegistry exporterSide = framework.open("exporter");
    RecordingExporter.Full exporter = new RecordingExporter.Full(exporterSide, 8192);
    DmaBuf own = exporter.export(exporterSide);
    for (int round = 0; round < 100; round++) {
      DmaBufRegistry importerSide = framework.open("importer");
      DmaBuf shared = importerSide.adopt(own);
      int seed = round;
      Threads.together(
          3,
          number -> {
            Random random = new Random(seed * 10L + number);
            if (number == 0) {
              for (int i = random.nextInt(20); i > 0; i--) {
                Thread.onSpinWait();
              }
              framework.core().leave(importerSide);
              framework.core().close(importerSide);
              return;
            }
            try {
              while (true) {
                use(random, importerSide, shared);
              }
            } catch (DmaBufException ended) {
              assertThat(ended.errno())
                  .as(ended.getMessage())
                  .isIn(Errno.ENODEV, Errno.EBADF, Errno.EINVAL);
            } catch (IllegalStateException accessAfterUnmap) {
              assertThat(accessAfterUnmap).hasMessageContaining("closed");
            }
          });
      assertThat(framework.holdings())
          .as("round " + round)
          .isEqualTo(new Holdings(1, 0, 0, 0, 0, 8192));
    }
    own.close();
    assertThat(exporter.calls).endsWith("release").noneMatch(call -> call.endsWith("LOCKED"));
  }

  @Test
  @Row({"M3", "C11"})
  void exportAndPutByManyThreadsReleaseEachBufferOnce() throws Exception {
    DmaBufRegistry exporterSide = framework.open("exporter");
    DmaBufRegistry importerSide = framework.open("importer");
    AtomicInteger releases = new AtomicInteger();
    Threads.together(
        4,
        number -> {
          for (int i = 0; i < 200; i++) {
            RecordingExporter exporter = new RecordingExporter(exporterSide, 4096);
            DmaBuf own = exporter.export(exporterSide);
            int fd = exporterSide.fd(own, importerSide.files(), true);
            DmaBuf theirs = importerSide.get(fd);
            importerSide.files().close(fd);
            theirs.close();
            assertThat(exporter.taken()).containsExactly("release");
            releases.incrementAndGet();
          }
        });
    assertThat(releases).hasValue(800);
  }

  @Test
  @Row("M2")
  void oneBufferIsTakenAndPutByManyThreadsOfOneClient() throws Exception {
    DmaBufRegistry exporterSide = framework.open("exporter");
    DmaBufRegistry importerSide = framework.open("importer");
    DmaBuf own = RecordingExporter.of(exporterSide, false).export(exporterSide);
    Threads.together(
        4,
        number -> {
          for (int i = 0; i < 5_000; i++) {
            DmaBuf theirs = importerSide.adopt(own);
            assertThat(theirs.inode()).isEqualTo(own.inode());
            theirs.close();
          }
        });
    assertThat(exporterSide.buffers().getFirst().references()).isEqualTo(1);
    own.close();
  }
}
