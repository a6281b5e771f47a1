package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.dmabuf.resv.DmaResv;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Defect: an attachment whose reservation was kept by a call that returned only after the stop of
 * its client was never undone, and its buffer never released.
 */
class AttachmentOfAHungCallStayedTest {
  @RegisterExtension final Framework framework = new Framework();
  private final CountDownLatch inside = new CountDownLatch(1);
  private final CountDownLatch out = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);
  private DmaBufRegistry importerSide;
  private DmaResv resv;
  private Attachment attachment;

  @BeforeEach
  void attach() {
    DmaBufRegistry exporterSide = framework.open("exporter");
    importerSide = framework.open("importer");
    RecordingExporter exporter =
        new RecordingExporter(exporterSide, RecordingExporter.PAGE) {
          @Override
          public void release() {
            super.release();
            released.countDown();
          }
        };
    try (DmaBuf own = exporter.export(exporterSide)) {
      resv = own.resv();
      attachment = importerSide.adopt(own).attach(DmaDevice.named("device"));
    }
  }

  /** Keeps the reservation, and hears no interrupt. */
  private Threads.Running<Object> deaf() throws Exception {
    Threads.Running<Object> call =
        Threads.start(
            () -> {
              resv.lock();
              inside.countDown();
              while (out.getCount() > 0) {
                Thread.onSpinWait();
              }
              resv.unlock();
              return null;
            });
    inside.await();
    return call;
  }

  private void stopImporter() throws Exception {
    Threads.Running<Object> stop =
        Threads.start(
            () -> {
              framework.core().close(importerSide);
              return null;
            });
    framework.turnUntil(stop);
  }

  @Test
  void undoneAsSoonAsTheCallReturns() throws Exception {
    Threads.Running<Object> call = deaf();
    stopImporter();
    assertThat(LogRecorder.lines())
        .anyMatch(line -> line.contains("attachment of device") && line.contains("EBUSY"));
    assertThat(framework.holdings().buffers()).isEqualTo(1);
    out.countDown();
    call.join();
    released.await();
  }

  @Test
  void undoneByTheEndOfTheFrameworkAtTheLatest() throws Exception {
    Threads.Running<Object> call = deaf();
    stopImporter();
    out.countDown();
    call.join();
    framework.core().close();
    assertThat(framework.holdings().buffers()).isZero();
  }

  @Test
  void toldOfWhenTheFrameworkEndsFirst() throws Exception {
    Threads.Running<Object> call = deaf();
    stopImporter();
    Threads.Running<Object> end =
        Threads.start(
            () -> {
              framework.core().close();
              return null;
            });
    framework.turnUntil(end);
    assertThat(LogRecorder.lines())
        .filteredOn(line -> line.contains("attachment of device") && line.contains("stays"))
        .hasSizeGreaterThan(1);
    Threads.Running<Object> late =
        Threads.start(
            () -> {
              assertErrno(Errno.EBUSY, () -> framework.core().stranded().abandon(attachment));
              return null;
            });
    framework.turnUntil(late);
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().equals("dmabuf-stranded-attachment")) {
        assertThat(thread.join(Duration.ofSeconds(60))).as("waits no longer").isTrue();
      }
    }
    out.countDown();
    call.join();
    attachment.detach();
  }
}
