package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.dmabuf.fault.FaultKind;
import org.dmabuf.fault.FaultPoint;
import org.dmabuf.fault.FaultRule;
import org.dmabuf.fault.Injection;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Bundles stop while a driver does not return from a call: every wait for it ends. */
class HungDriverTest {
  private static final DmaDevice DEVICE = DmaDevice.named("device");

  @RegisterExtension final Framework framework = new Framework();
  private DmaBufRegistry exporterSide;
  private DmaBufRegistry importerSide;
  private RecordingExporter.Full exporter;
  private DmaBuf own;
  private DmaBuf theirs;

  @BeforeEach
  void export() {
    exporterSide = framework.open("exporter");
    importerSide = framework.open("importer");
    exporter = new RecordingExporter.Full(exporterSide, 8192);
    own = exporter.export(exporterSide);
    theirs = importerSide.adopt(own);
  }

  private Injection hang(FaultPoint point) {
    return framework
        .core()
        .inject(
            FaultRule.each(FaultRule.ANY, point, FaultKind.HANG)
                .withDuration(Duration.ofDays(36_500)));
  }

  private Threads.Running<Object> stop(DmaBufRegistry client) {
    return Threads.start(
        () -> {
          framework.core().close(client);
          return null;
        });
  }

  private static boolean warned(String... parts) {
    return LogRecorder.lines().stream()
        .anyMatch(
            line -> {
              for (String part : parts) {
                if (!line.contains(part)) {
                  return false;
                }
              }
              return true;
            });
  }

  @Test
  void callWithTheReservationIsInterruptedAndNamed() throws Exception {
    Attachment attachment = theirs.attach(DEVICE);
    try (Injection injection = hang(FaultPoint.MAP)) {
      Threads.Running<Object> map =
          Threads.start(
              () -> {
                assertErrno(
                    Errno.ERESTARTSYS, () -> attachment.mapUnlocked(DmaDirection.TO_DEVICE));
                return Thread.interrupted();
              });
      framework.clock().awaitScheduled(1);
      framework.turnUntil(stop(exporterSide));
      assertThat(map.join()).isEqualTo(true);
      assertThat(injection.struck()).isEqualTo(1);
    }
    assertThat(warned("'Map for device' on thread test", "of exporter took too long")).isTrue();
    assertErrno(Errno.ENODEV, () -> attachment.mapUnlocked(DmaDirection.TO_DEVICE));
    attachment.detach();
    theirs.close();
  }

  @Test
  void callWithoutTheReservationIsInterruptedAndNamed() throws Exception {
    try (Injection _ = hang(FaultPoint.MMAP)) {
      Threads.Running<Object> mmap =
          Threads.start(
              () -> {
                assertErrno(Errno.ERESTARTSYS, () -> theirs.mmap(0, 4096, true));
                return null;
              });
      framework.clock().awaitScheduled(1);
      framework.turnUntil(stop(exporterSide));
      mmap.join();
    }
    assertThat(warned("Calls are still inside exporter", "'mmap' on thread test")).isTrue();
    theirs.close();
  }

  @Test
  void driverThatHearsNoInterruptIsCutOff() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch out = new CountDownLatch(1);
    RecordingExporter deaf =
        new RecordingExporter(exporterSide, 8192) {
          @Override
          public SgTable map(Attachment attachment, DmaDirection direction) {
            inside.countDown();
            while (out.getCount() > 0) {
              Thread.onSpinWait();
            }
            // looked at once it is let out: an interrupt that came before stays until then
            assertThat(Thread.interrupted()).isTrue();
            return super.map(attachment, direction);
          }
        };
    DmaBuf buffer;
    try (DmaBuf mine = deaf.export(exporterSide)) {
      buffer = importerSide.adopt(mine);
    }
    Attachment attachment = buffer.attach(DEVICE);
    Threads.Running<Object> map =
        Threads.start(
            () -> {
              assertErrno(Errno.ENODEV, () -> attachment.mapUnlocked(DmaDirection.TO_DEVICE));
              return null;
            });
    inside.await();
    framework.turnUntil(stop(exporterSide));
    assertThat(warned("ERROR", "is taken from its exporter without its reservation")).isTrue();
    assertErrno(Errno.ENODEV, () -> buffer.mmap(0, 4096, true));
    Threads.Running<Object> importerStops = stop(importerSide);
    framework.turnUntil(importerStops);
    assertThat(warned("WARN Taking attachments from importer failed", "EBUSY")).isTrue();
    assertThat(warned("ERROR 1 steps of the stop of importer have failed")).isTrue();
    assertThat(framework.holdings().buffers()).as("held by the attachment").isEqualTo(1);
    out.countDown();
    map.join();
    framework.core().close();
    assertThat(framework.holdings().buffers()).as("undone once unlocked").isZero();
  }

  @Test
  void importersStopIsNotHeldUpByItsExporter() throws Exception {
    theirs.attach(DEVICE).mapUnlocked(DmaDirection.TO_DEVICE);
    theirs.attach(DmaDevice.named("other")).mapUnlocked(DmaDirection.TO_DEVICE);
    try (Injection injection = hang(FaultPoint.UNMAP)) {
      framework.turnUntil(stop(importerSide));
      assertThat(injection.struck()).isEqualTo(2);
    }
    assertThat(warned("Taking attachments from importer does not return and is interrupted"))
        .isTrue();
    assertThat(framework.holdings().attachments()).isZero();
    own.close();
  }

  @Test
  void handOverThatHangsIsARevoke() throws Exception {
    RecordingExporter.Full adoptable = new RecordingExporter.Full(exporterSide, 8192);
    DmaBuf buffer;
    try (DmaBuf mine = adoptable.export(exporterSide, ExportPolicy.ADOPT, false)) {
      buffer = importerSide.adopt(mine);
    }
    try (Injection _ = hang(FaultPoint.HAND_OVER)) {
      framework.turnUntil(stop(exporterSide));
    }
    assertThat(warned("Taking buffers from exporter does not return and is interrupted")).isTrue();
    assertThat(warned("could not be adopted", "revoked")).isTrue();
    buffer.close();
    theirs.close();
  }

  @Test
  void locksOfThreadsThatHaveEndedAreReleased() throws Exception {
    DmaResv resv = theirs.resv();
    Thread careless = Thread.ofPlatform().name("careless").start(resv::lock);
    careless.join();
    assertThat(resv.isLocked()).isTrue();
    framework.core().close(importerSide);
    assertThat(resv.isLocked()).isFalse();
    assertThat(warned("Thread careless ended holding a reservation mutex")).isTrue();
    assertThat(warned("importer stopped and left", "1 locks")).isTrue();
    own.close();
  }

  @Test
  void locksOfItsOwnThreadsAreTakenBackWhenTheirTimeIsUp() throws Exception {
    DmaResv resv = theirs.resv();
    CountDownLatch over = new CountDownLatch(1);
    CountDownLatch locked = new CountDownLatch(1);
    Threads.Running<Object> idle =
        Threads.start(
            () -> {
              resv.lock();
              locked.countDown();
              over.await();
              assertErrno(Errno.EPERM, resv::unlock);
              return null;
            });
    locked.await();
    Threads.Running<Object> stop =
        Threads.start(
            () -> {
              framework.core().close(importerSide, thread -> thread == idle.thread());
              return null;
            });
    framework.turnUntil(stop);
    assertThat(warned("Thread test left with its bundle a reservation mutex")).isTrue();
    resv.lock();
    over.countDown();
    idle.join();
    assertThat(resv.isHeld()).as("another's by now").isTrue();
    resv.unlock();
    own.close();
  }

  @Test
  void threadThatUnlocksInTimeIsLeftAlone() throws Exception {
    DmaResv resv = theirs.resv();
    CountDownLatch locked = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    Threads.Running<Object> busy =
        Threads.start(
            () -> {
              resv.lock();
              locked.countDown();
              over.await();
              resv.unlock();
              return null;
            });
    locked.await();
    Threads.Running<Object> stop =
        Threads.start(
            () -> {
              framework.core().close(importerSide, thread -> thread == busy.thread());
              return null;
            });
    framework.clock().awaitScheduled(2);
    over.countDown();
    busy.join();
    stop.join();
    assertThat(warned("mutex")).isFalse();
    own.close();
  }
}
