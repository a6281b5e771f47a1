package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicReference;
import org.dmabuf.memory.BackingStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Who asked "is this client open?" just before it left, and entered what it took just after the
 * teardown had swept the books, kept it for ever. The tests leave from inside the taking call, and
 * race it.
 */
class LateTakeSurvivesTeardownTest {
  @RegisterExtension final Framework framework = new Framework();

  @Test
  void attachmentMadeWhileTheClientLeavesIsUndone() {
    DmaBufRegistry exporterSide = framework.open("exporter");
    AtomicReference<DmaBufRegistry> leaving = new AtomicReference<>();
    RecordingExporter exporter =
        new RecordingExporter(exporterSide, 4096) {
          @Override
          public void attach(Attachment attachment) {
            super.attach(attachment);
            framework.core().close(leaving.get());
          }
        };
    DmaBuf own = exporter.export(exporterSide);
    leaving.set(framework.open("importer"));
    DmaBuf theirs = leaving.get().adopt(own);
    Errnos.assertErrno(Errno.ENODEV, () -> theirs.attach(DmaDevice.named("device")));
    assertThat(exporter.taken()).containsExactly("attach", "detach");
    own.close();
    assertThat(exporter.taken()).containsExactly("release");
  }

  @Test
  void mappingMadeWhileTheClientLeavesIsUndone() {
    DmaBufRegistry exporterSide = framework.open("exporter");
    DmaBufRegistry importerSide = framework.open("importer");
    RecordingExporter.Full exporter = new RecordingExporter.Full(exporterSide, 4096);
    DmaBuf own = exporter.export(exporterSide);
    DmaBuf theirs = importerSide.adopt(own);
    exporter.failing.add("mmap");
    exporter.failure =
        () -> {
          framework.core().close(importerSide);
          return new DmaBufException(Errno.EBUSY, "planted");
        };
    Errnos.assertErrno(Errno.EBUSY, () -> theirs.mmap(0, 1, true));
    assertThat(framework.holdings().mappings()).isZero();
    own.close();
  }

  @Test
  void nothingTakenInARaceWithTheEndIsKept() throws Exception {
    DmaBufRegistry exporterSide = framework.open("exporter");
    RecordingExporter.Full exporter = new RecordingExporter.Full(exporterSide, 8192);
    DmaBuf own = exporter.export(exporterSide);
    for (int round = 0; round < 90; round++) {
      DmaBufRegistry leaving = framework.open("leaving");
      int kind = round % 6;
      Threads.together(
          2,
          number -> {
            if (number == 0) {
              framework.core().close(leaving);
              return;
            }
            try {
              while (true) {
                take(kind, leaving, own);
              }
            } catch (DmaBufException ended) {
              assertThat(ended.errno())
                  .isIn(Errno.ENODEV, Errno.ENOENT, Errno.EBADF, Errno.ECANCELED);
            }
          });
      assertThat(framework.holdings())
          .as("kind %d round %d", kind, round)
          .isEqualTo(new Holdings(1, 0, 0, 0, 0, 8192));
    }
    own.close();
    assertThat(framework.holdings().buffers()).isZero();
  }

  /** Takes one thing and does not give it back; few enough to keep a round short. */
  private static void take(int kind, DmaBufRegistry leaving, DmaBuf own) {
    switch (kind) {
      case 0 -> leaving.adopt(own);
      case 1 -> leaving.fenceContext("driver", "line").create();
      case 2 -> {
        BackingStore kept = leaving.allocate(1, leaving.files().account());
        assertThat(kept.size()).isPositive();
      }
      case 3 -> leaving.adopt(own).attach(DmaDevice.named("device"));
      case 4 -> leaving.adopt(own).mmap(0, 1, true);
      default -> {
        RecordingExporter inner = new RecordingExporter(leaving, 4096);
        inner.export(leaving);
      }
    }
    Thread.onSpinWait();
  }
}
