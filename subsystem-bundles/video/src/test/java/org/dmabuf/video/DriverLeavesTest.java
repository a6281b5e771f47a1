package org.dmabuf.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaDevice;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.video.node.CapturedBuffer;
import org.dmabuf.video.queue.QueueFencing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The driver's component is deactivated while its device is in use. */
@Timeout(20)
class DriverLeavesTest {

  @Test
  void theFrameInProgressIsNotAcceptedAndReadAgainByTheSuccessor() throws Exception {
    TestSource source = new TestSource(100);
    TestSource.Gate gate = source.gateAt(1);
    try (Bench bench = Bench.over(source).streaming(3, QueueFencing.IMPLICIT)) {
      gate.reached().await();
      List<DmaFence> fences =
          List.of(bench.writeFence(0), bench.writeFence(1), bench.writeFence(2));
      bench.device.close();
      assertThat(fences)
          .extracting(fence -> fence.error().map(Enum::name).orElse("done"))
          .containsExactly("done", "ECANCELED", "ECANCELED");

      CapturedBuffer done = bench.next();
      assertThat(done.status()).isEqualTo(CapturedBuffer.Status.DONE);
      assertThat(done.sourceIndex()).isZero();
      for (int i = 0; i < 2; i++) {
        assertThat(catchThrowableOfType(DmaBufException.class, () -> bench.file.dequeue()).errno())
            .isEqualTo(Errno.ENODEV);
      }
      assertThat(catchThrowableOfType(DmaBufException.class, () -> bench.queue(0)).errno())
          .isEqualTo(Errno.ENODEV);
      assertThat(bench.holdings().attachments()).isZero();
      assertThat(bench.holdings().mappings()).isZero();
      assertThat(bench.holdings().fences()).isZero();
      bench.file.close();

      source.steps.clear();
      bench.driver = new Bench.Driver(source);
      bench.device =
          new CaptureDevice(bench.capture, Bench.INFO, DmaDevice.named("capture0"), bench.driver);
      bench.file = new Camera(bench.device, bench.program.files());
      bench.file.setFormat(TestSource.FORMAT);
      bench.file.requestBuffers(2);
      bench.queue(0);
      bench.file.streamOn();
      assertThat(bench.next().sourceIndex()).isEqualTo(1);
      assertThat(source.calls())
          .containsSequence("read 0", "delivered 0", "read 1", "read 1", "delivered 1");
    }
  }

  @Test
  void aFrameThatIsAcceptedWhileTheDriverLeavesIsNotMissed() throws Exception {
    TestSource source = new TestSource(100);
    TestSource.Gate gate = source.gateAt(0);
    try (Bench bench = Bench.over(source).streaming(2, QueueFencing.IMPLICIT)) {
      CompletableFuture<Boolean> nothingYet = new CompletableFuture<>();
      CompletableFuture<Void> left = new CompletableFuture<>();
      gate.reached().await();
      // Runs on the device's thread, between the acceptance and the dequeue.
      bench
          .writeFence(0)
          .addCallback(
              bench.program.callback(
                  fence -> {
                    left.completeAsync(
                        () -> {
                          bench.device.close();
                          return null;
                        });
                    while (isHere(bench)) {
                      Thread.onSpinWait();
                    }
                    nothingYet.complete(isEmpty(bench.file));
                  }));
      gate.open().countDown();
      assertThat(nothingYet.get()).as("no ENODEV before the frame").isTrue();
      left.get();
      // A device that lets nobody in any more may begin one more frame before it stops.
      assertThat(source.position()).isBetween(1L, 2L);
      for (long index = 0; index < source.position(); index++) {
        assertThat(bench.next().sourceIndex()).isEqualTo(index);
      }
      assertThat(catchThrowableOfType(DmaBufException.class, bench::next).errno())
          .isEqualTo(Errno.ENODEV);
    }
  }

  private static boolean isEmpty(Camera file) {
    try {
      return file.dequeue().isEmpty();
    } catch (DmaBufException gone) {
      return false;
    }
  }

  private static boolean isHere(Bench bench) {
    try {
      new Camera(bench.device, bench.program.files()).close();
      return true;
    } catch (DmaBufException gone) {
      return false;
    }
  }

  @Test
  void everyCallSaysThatTheDeviceIsGoneAndCloseThrowsNothing() {
    try (Bench bench = Bench.over(new TestSource(9)).withBuffers(2, QueueFencing.IMPLICIT)) {
      bench.device.close();
      Camera file = bench.file;
      List<Runnable> calls =
          List.of(
              () -> file.setFormat(TestSource.FORMAT),
              () -> file.requestBuffers(2),
              () -> file.queue(0, bench.fd(0)),
              () -> file.streamOn(),
              () -> file.dequeue(),
              () -> new Camera(bench.device, bench.program.files()));
      for (Runnable call : calls) {
        DmaBufException gone = catchThrowableOfType(DmaBufException.class, call::run);
        assertThat(gone.errno()).isEqualTo(Errno.ENODEV);
        assertThat(gone).hasMessageContaining("capture0");
      }
      file.close();
      file.close();
    }
  }

  @Test
  void waitersAndListenersAreTold() throws Exception {
    try (Bench bench = Bench.over(null).streaming(2, QueueFencing.NONE)) {
      CountDownLatch told = new CountDownLatch(1);
      bench.file.setListener(told::countDown);
      CompletableFuture<Errno> waiting =
          CompletableFuture.supplyAsync(
              () -> catchThrowableOfType(DmaBufException.class, bench::next).errno());
      bench.device.close();
      told.await();
      assertThat(waiting.get()).isEqualTo(Errno.ENODEV);
    }
  }

  @Test
  void theThreadHasEndedAndTheDriverIsForgotten() throws Exception {
    try (Bench bench = Bench.over(new TestSource(100)).streaming(2, QueueFencing.IMPLICIT)) {
      bench.next();
      bench.device.close();
      assertThat(Thread.getAllStackTraces().keySet())
          .extracting(Thread::getName)
          .noneMatch(name -> name.contains("dmabuf-video-capture0"));
      WeakReference<Bench.Driver> driver = new WeakReference<>(bench.driver);
      bench.driver = null;
      // The file and the device are still held by the bench, as by a program.
      while (driver.get() != null) {
        System.gc();
      }
      assertThat(bench.device.info().name()).isEqualTo("capture0");
    }
  }

  @Test
  void aSourceThatIgnoresInterruptsHoldsNobodyForEver() throws Exception {
    TestSource source = new TestSource(100);
    CountDownLatch reached = new CountDownLatch(1);
    CountDownLatch open = new CountDownLatch(1);
    source.steps.put(
        0L,
        () -> {
          reached.countDown();
          boolean interrupted = false;
          while (open.getCount() > 0) {
            try {
              open.await();
            } catch (InterruptedException ignored) {
              interrupted = true;
            }
          }
          assertThat(interrupted).isTrue();
        });
    try (Bench bench = Bench.over(source).streaming(2, QueueFencing.IMPLICIT)) {
      reached.await();
      DmaFence fence = bench.writeFence(0);
      bench.file.close();
      assertThat(fence.error()).contains(Errno.ECANCELED);
      assertThat(bench.holdings().attachments()).as("it may still write").isEqualTo(1);
      open.countDown();
      while (bench.holdings().attachments() > 0) {
        Thread.onSpinWait();
      }
      assertThat(source.position()).isZero();
      assertThat(bench.holdings().mappings()).isZero();
    }
  }

  @Test
  void aDriverThatLeavesAtAnyMomentLosesAndRepeatsNoFrame() throws Exception {
    TestSource source = new TestSource(Long.MAX_VALUE);
    List<Long> frames = new ArrayList<>();
    for (int round = 0; round < 50; round++) {
      try (Bench bench = Bench.over(source).streaming(3, QueueFencing.IMPLICIT)) {
        int moment = round;
        CompletableFuture<Void> leaving =
            CompletableFuture.runAsync(
                () -> {
                  for (int i = 0; i < moment * 2000; i++) {
                    Thread.onSpinWait();
                  }
                  bench.device.close();
                });
        frames.addAll(untilGone(bench));
        leaving.get();
        bench.file.close();
        assertThat(bench.holdings().attachments()).isZero();
        assertThat(bench.holdings().fences()).isZero();
      }
    }
    for (int i = 0; i < frames.size(); i++) {
      assertThat(frames.get(i)).isEqualTo(i);
    }
    assertThat(source.position()).isEqualTo(frames.size());
  }

  private static List<Long> untilGone(Bench bench) {
    List<Long> frames = new ArrayList<>();
    Set<Integer> queued = new HashSet<>(List.of(0, 1, 2));
    while (true) {
      try {
        CapturedBuffer buffer = bench.next();
        assertThat(queued.remove(buffer.index())).as("its queuing was not refused").isTrue();
        frames.add(buffer.sourceIndex());
        if (isQueued(bench, buffer.index())) {
          queued.add(buffer.index());
        }
      } catch (DmaBufException gone) {
        assertThat(gone.errno()).isEqualTo(Errno.ENODEV);
        return frames;
      }
    }
  }

  /** What is done can be dequeued after the device has refused more. */
  private static boolean isQueued(Bench bench, int index) {
    try {
      bench.queue(index);
      return true;
    } catch (DmaBufException gone) {
      assertThat(gone.errno()).isEqualTo(Errno.ENODEV);
      return false;
    }
  }
}
