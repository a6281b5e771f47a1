package org.dmabuf.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.zip.CRC32C;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.Holdings;
import org.dmabuf.ManualClock;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.memory.Transfer;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.resv.Usage;
import org.dmabuf.video.node.CapturedBuffer;
import org.dmabuf.video.queue.QueueFencing;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Frames, fences, stops and ends. */
@Timeout(20)
class CaptureStreamTest {
  private static final long MS = 1_000_000;

  private static int checksumOf(long frame) {
    CRC32C crc = new CRC32C();
    for (int i = 0; i < 256; i++) {
      crc.update((int) frame);
    }
    return (int) crc.getValue();
  }

  @Test
  void framesComeInTheOrderOfQueuingWithRisingNumbers() {
    try (Bench bench = Bench.over(new TestSource(100)).withBuffers(3, QueueFencing.NONE)) {
      int[] order = {2, 0, 1};
      for (int index : order) {
        bench.queue(index);
      }
      long before = bench.core.clock().nanos();
      bench.file.streamOn();
      for (int i = 0; i < 9; i++) {
        CapturedBuffer buffer = bench.next();
        assertThat(buffer.status()).isEqualTo(CapturedBuffer.Status.DONE);
        assertThat(buffer.index()).isEqualTo(order[i % 3]);
        assertThat(buffer.sequence()).isEqualTo(i);
        assertThat(buffer.sourceIndex()).isEqualTo(i);
        assertThat(buffer.bytesUsed()).isEqualTo(256);
        assertThat(buffer.checksum()).isEqualTo(checksumOf(i));
        assertThat(buffer.error()).isEmpty();
        assertThat(buffer.timestampNanos()).isBetween(before, bench.core.clock().nanos());
        bench.queue(buffer.index());
      }
    }
  }

  @Test
  void framesAreWrittenStraightIntoTheBufferAndOnlyVerifiedAfter() {
    try (Bench bench = Bench.over(new TestSource(100)).streaming(2, QueueFencing.NONE)) {
      bench.next();
      bench.next();
      bench.file.streamOff();
      assertThat(bench.program.meter().get(Transfer.WRITTEN)).isEqualTo(512);
      assertThat(bench.program.meter().get(Transfer.VERIFIED)).isEqualTo(512);
      assertThat(bench.program.meter().get(Transfer.COPIED)).isZero();
    }
  }

  @Test
  void aNewStreamCountsFromZeroAndGoesOnInTheSource() {
    try (Bench bench = Bench.over(new TestSource(100)).streaming(2, QueueFencing.NONE)) {
      bench.next();
      bench.next();
      bench.file.streamOff();
      bench.queue(0);
      bench.file.streamOn();
      CapturedBuffer first = bench.next();
      assertThat(first.sequence()).isZero();
      assertThat(first.sourceIndex()).isEqualTo(2);
    }
  }

  @Test
  void withFencingTheWriteFenceIsPendingUntilTheFrameIsComplete() throws Exception {
    TestSource source = new TestSource(100);
    TestSource.Gate gate = source.gateAt(0);
    try (Bench bench = Bench.over(source).streaming(2, QueueFencing.IMPLICIT)) {
      gate.reached().await();
      DmaFence first = bench.writeFence(0);
      DmaFence second = bench.writeFence(1);
      assertThat(bench.holdings().fences()).isEqualTo(2);
      assertThat(first.isSignaled()).isFalse();
      assertThat(second.isLater(first)).isTrue();
      gate.open().countDown();
      CapturedBuffer buffer = bench.next();
      assertThat(first.isSignaled()).isTrue();
      assertThat(first.error()).isEmpty();
      assertThat(buffer.timestampNanos()).isPositive().isLessThanOrEqualTo(first.timestamp());
    }
  }

  @Test
  void completionIsInOrder() throws Exception {
    TestSource source = new TestSource(100);
    TestSource.Gate gate = source.gateAt(0);
    try (Bench bench = Bench.over(source).withBuffers(2, QueueFencing.IMPLICIT)) {
      bench.queue(0);
      CountDownLatch told = new CountDownLatch(1);
      bench.file.setListener(
          () -> {
            source.log("listener");
            told.countDown();
          });
      bench.file.streamOn();
      gate.reached().await();
      bench
          .writeFence(0)
          .addCallback(bench.program.callback(fence -> source.log("fence " + fence.error())));
      gate.open().countDown();
      told.await();
      assertThat(source.calls())
          .startsWith("read 0", "fence Optional.empty", "delivered 0", "listener");
    }
  }

  @Test
  void withFencingTheDeviceWaitsForReadersAndWithoutItDoesNot() throws Exception {
    TestSource source = new TestSource(100);
    try (Bench bench = Bench.over(source).withBuffers(2, QueueFencing.IMPLICIT);
        FenceContext display = bench.program.fenceContext("display", "scan-out")) {
      DmaFence reader = display.create();
      addFence(bench.resv(0), reader, Usage.READ);
      bench.queue(0);
      // A display that will show this very frame: to wait for it would be a deadlock.
      DmaFence later = display.create();
      addFence(bench.resv(0), later, Usage.READ);
      bench.file.streamOn();
      assertThat(
              catchThrowableOfType(
                      DmaBufException.class, () -> bench.file.dequeue(Duration.ofMillis(30)))
                  .errno())
          .isEqualTo(Errno.ETIMEDOUT);
      assertThat(source.calls()).isEmpty();
      display.signal(reader);
      assertThat(bench.next().index()).isZero();
      bench.file.streamOff();

      bench.file.setFencing(QueueFencing.NONE);
      bench.queue(0);
      bench.file.streamOn();
      assertThat(bench.next().index()).isZero();
      display.signal(later);
    }
  }

  @Test
  void aStopInAWaitForAReaderCancelsTheFrame() {
    TestSource source = new TestSource(100);
    try (Bench bench = Bench.over(source).withBuffers(2, QueueFencing.IMPLICIT);
        FenceContext display = bench.program.fenceContext("display", "scan-out")) {
      addFence(bench.resv(0), display.create(), Usage.READ);
      bench.queue(0);
      bench.file.streamOn();
      DmaFence write = bench.writeFence(0);
      bench.file.streamOff();
      assertThat(write.error()).contains(Errno.ECANCELED);
      assertThat(source.calls()).isEmpty();
    }
  }

  private static void addFence(DmaResv resv, DmaFence fence, Usage usage) {
    resv.lock();
    try {
      resv.reserveFences(1);
      resv.addFence(fence, usage);
    } finally {
      resv.unlock();
    }
  }

  @Test
  void aStopInterruptsAReadThatBlocksAndItsFrameIsReadAgain() throws Exception {
    TestSource source = new TestSource(100);
    TestSource.Gate gate = source.gateAt(0);
    try (Bench bench = Bench.over(source).streaming(2, QueueFencing.IMPLICIT)) {
      gate.reached().await();
      DmaFence active = bench.writeFence(0);
      DmaFence queued = bench.writeFence(1);
      bench.file.streamOff();
      assertThat(active.error()).contains(Errno.ECANCELED);
      assertThat(queued.error()).contains(Errno.ECANCELED);
      assertThat(source.position()).isZero();
      source.steps.clear();
      bench.queue(0);
      bench.file.streamOn();
      assertThat(bench.next().sourceIndex()).isZero();
      assertThat(source.calls()).startsWith("read 0", "read 0", "delivered 0");
    }
  }

  @Test
  void aStopBetweenReadAndAcceptWins() throws Exception {
    TestSource source = new TestSource(100);
    try (Bench bench = Bench.over(source).withBuffers(2, QueueFencing.IMPLICIT)) {
      AtomicReference<CompletableFuture<Void>> stop = new AtomicReference<>();
      source.steps.put(
          0L,
          () -> {
            stop.set(CompletableFuture.runAsync(bench.file::streamOff));
            while (isStreaming(bench.file)) {
              Thread.onSpinWait();
            }
          });
      bench.queue(0);
      DmaFence fence = bench.writeFence(0);
      bench.file.streamOn();
      source.awaitCall("read 0");
      fence.await();
      stop.get().join();
      assertThat(fence.error()).contains(Errno.ECANCELED);
      assertThat(source.calls()).containsExactly("read 0");
      assertThat(source.position()).isZero();
    }
  }

  private static boolean isStreaming(Camera file) {
    try {
      return file.dequeue().isEmpty();
    } catch (DmaBufException off) {
      return off.errno() != Errno.EINVAL;
    }
  }

  @Test
  void aFrameThatIsAcceptedBeforeTheStopIsDelivered() throws Exception {
    TestSource source = new TestSource(100);
    TestSource.Gate gate = source.gateAt(0);
    try (Bench bench = Bench.over(source).withBuffers(2, QueueFencing.IMPLICIT)) {
      bench.queue(0);
      bench.file.streamOn();
      gate.reached().await();
      CompletableFuture<Void> stop = new CompletableFuture<>();
      // Runs on the device's thread, between the acceptance and what follows it.
      bench
          .writeFence(0)
          .addCallback(
              bench.program.callback(
                  fence -> {
                    stop.completeAsync(
                        () -> {
                          bench.file.streamOff();
                          return null;
                        });
                    while (isStreaming(bench.file)) {
                      Thread.onSpinWait();
                    }
                  }));
      gate.open().countDown();
      stop.get();
      assertThat(source.calls()).containsExactly("read 0", "delivered 0");
      assertThat(source.position()).isEqualTo(1);
    }
  }

  @Test
  void aStopWakesAWaitingDequeue() throws Exception {
    try (Bench bench = Bench.over(null).streaming(2, QueueFencing.NONE)) {
      CompletableFuture<Errno> waiting =
          CompletableFuture.supplyAsync(
              () -> catchThrowableOfType(DmaBufException.class, bench::next).errno());
      bench.file.streamOff();
      assertThat(waiting.get()).isEqualTo(Errno.EINVAL);
    }
  }

  @Test
  void aWaitingDequeueCanBeInterrupted() {
    try (Bench bench = Bench.over(null).streaming(2, QueueFencing.NONE)) {
      Thread.currentThread().interrupt();
      assertThat(catchThrowableOfType(DmaBufException.class, bench::next).errno())
          .isEqualTo(Errno.EINTR);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @Test
  void v5_aFailedFrameIsAnErrorBufferAndTheSourceGoesOn() {
    TestSource source = new TestSource(100);
    source.failures.put(1L, Errno.EIO);
    try (Bench bench = Bench.over(source).withBuffers(3, QueueFencing.IMPLICIT)) {
      bench.queue(0);
      bench.queue(1);
      bench.queue(2);
      DmaFence bad = bench.writeFence(1);
      bench.file.streamOn();
      assertThat(bench.next().status()).isEqualTo(CapturedBuffer.Status.DONE);
      CapturedBuffer failed = bench.next();
      assertThat(failed.status()).isEqualTo(CapturedBuffer.Status.ERROR);
      assertThat(failed.error()).contains(Errno.EIO);
      assertThat(failed.message()).isEqualTo("frame 1 of the test source is bad");
      assertThat(failed.sequence()).isEqualTo(1);
      assertThat(failed.sourceIndex()).isEqualTo(1);
      assertThat(failed.bytesUsed()).isZero();
      assertThat(bad.error()).contains(Errno.EIO);
      CapturedBuffer next = bench.next();
      assertThat(next.status()).isEqualTo(CapturedBuffer.Status.DONE);
      assertThat(next.sourceIndex()).isEqualTo(2);
      assertThat(next.sequence()).isEqualTo(2);
    }
  }

  @Test
  void v5_theEndIsOneLastBufferAndThenAPipeError() throws Exception {
    try (Bench bench = Bench.over(new TestSource(1)).withBuffers(3, QueueFencing.IMPLICIT)) {
      bench.queue(0);
      bench.queue(1);
      bench.queue(2);
      List<DmaFence> fences =
          List.of(bench.writeFence(0), bench.writeFence(1), bench.writeFence(2));
      bench.file.streamOn();
      assertThat(bench.next().status()).isEqualTo(CapturedBuffer.Status.DONE);
      CapturedBuffer last = bench.next();
      assertThat(last.status()).isEqualTo(CapturedBuffer.Status.LAST);
      assertThat(last.error()).isEmpty();
      assertThat(last.index()).isEqualTo(1);
      assertThat(last.sourceIndex()).isEqualTo(-1);
      assertThat(catchThrowableOfType(DmaBufException.class, () -> bench.file.dequeue()).errno())
          .isEqualTo(Errno.EPIPE);
      assertThat(catchThrowableOfType(DmaBufException.class, bench::next).errno())
          .isEqualTo(Errno.EPIPE);
      for (DmaFence fence : fences) {
        fence.await();
      }
      assertThat(fences)
          .extracting(DmaFence::error)
          .containsExactly(Optional.empty(), Optional.of(Errno.EPIPE), Optional.of(Errno.EPIPE));
      bench.file.streamOff();
      bench.queue(0);
      bench.file.streamOn();
      assertThat(bench.next().status()).isEqualTo(CapturedBuffer.Status.LAST);
    }
  }

  @Test
  void aSourceThatIsBrokenEndsTheStreamWithItsSentence() {
    TestSource source = new TestSource(100);
    source.failures.put(0L, Errno.EPIPE);
    try (Bench bench = Bench.over(source).withBuffers(2, QueueFencing.IMPLICIT)) {
      bench.queue(0);
      DmaFence fence = bench.writeFence(0);
      bench.file.streamOn();
      CapturedBuffer broken = bench.next();
      assertThat(broken.status()).isEqualTo(CapturedBuffer.Status.ERROR);
      assertThat(broken.error()).contains(Errno.EPIPE);
      assertThat(broken.message()).isEqualTo("frame 0 of the test source is bad");
      assertThat(fence.error()).contains(Errno.EPIPE);
      assertThat(catchThrowableOfType(DmaBufException.class, () -> bench.file.dequeue()).errno())
          .isEqualTo(Errno.EPIPE);
    }
  }

  @Test
  void aDriverThatThrowsEndsTheStreamAndNotTheFences() {
    try (Bench bench = Bench.over(new TestSource(9)).withBuffers(2, QueueFencing.IMPLICIT)) {
      bench.driver.source = null;
      TestSource broken = new TestSource(9);
      broken.steps.put(
          0L,
          () -> {
            throw new IllegalStateException("a bug");
          });
      bench.driver.source = broken;
      bench.queue(0);
      bench.file.streamOn();
      CapturedBuffer buffer = bench.next();
      assertThat(buffer.error()).contains(Errno.EIO);
      assertThat(buffer.message()).contains("a bug");
      assertThat(bench.writeFence(0).error()).contains(Errno.EPIPE);
    }
  }

  @Test
  void aStreamWithoutSourceStallsAndGoesOnWhenOneComes() throws Exception {
    try (Bench bench = Bench.over(null).streaming(2, QueueFencing.IMPLICIT)) {
      assertThat(
              catchThrowableOfType(
                      DmaBufException.class, () -> bench.file.dequeue(Duration.ofMillis(20)))
                  .errno())
          .isEqualTo(Errno.ETIMEDOUT);
      TestSource first = new TestSource(9);
      first.failures.put(1L, Errno.ENODEV);
      bench.driver.source = first;
      bench.device.kick();
      assertThat(bench.next().sourceIndex()).isZero();
      first.awaitCall("read 1"); // it is closed there
      TestSource second = new TestSource(9);
      second.delivered(4);
      bench.driver.source = second;
      bench.device.kick();
      assertThat(bench.next().sourceIndex()).isEqualTo(5);
    }
  }

  @Test
  void framesArePacedByTheProductsClock() throws Exception {
    ManualClock clock = new ManualClock();
    try (Bench bench = Bench.over(new TestSource(100), clock).withBuffers(4, QueueFencing.NONE)) {
      bench.file.setRate(10, 1);
      for (int i = 0; i < 4; i++) {
        bench.queue(i);
      }
      long start = clock.nanos();
      bench.file.streamOn();
      List<Long> times = new ArrayList<>();
      times.add(takeAt(bench));
      for (int i = 1; i < 4; i++) {
        clock.awaitScheduled(1); // the next frame waits for its period
        clock.advance(99 * MS);
        assertThat(bench.file.dequeue()).isEmpty();
        clock.advance(MS);
        times.add(takeAt(bench));
      }
      assertThat(times)
          .containsExactly(start, start + 100 * MS, start + 200 * MS, start + 300 * MS);
    }
  }

  /** Waits for a frame while the clock stands still. */
  private static long takeAt(Bench bench) {
    Optional<CapturedBuffer> buffer = bench.file.dequeue();
    while (buffer.isEmpty()) {
      Thread.onSpinWait();
      buffer = bench.file.dequeue();
    }
    return buffer.get().timestampNanos();
  }

  @Test
  void aListenerThatThrowsStopsNothing() {
    try (Bench bench = Bench.over(new TestSource(100)).withBuffers(2, QueueFencing.NONE)) {
      bench.file.setListener(
          () -> {
            throw new IllegalStateException("a listener's bug");
          });
      bench.queue(0);
      bench.queue(1);
      bench.file.streamOn();
      assertThat(bench.next().sequence()).isZero();
      assertThat(bench.next().sequence()).isEqualTo(1);
    }
  }

  @Test
  void nothingIsLeftAtTheEnd() {
    Bench bench = Bench.over(new TestSource(100)).streaming(4, QueueFencing.IMPLICIT);
    for (int i = 0; i < 20; i++) {
      bench.queue(bench.next().index());
    }
    bench.file.close();
    assertThat(bench.holdings().attachments()).isZero();
    assertThat(bench.holdings().mappings()).isZero();
    assertThat(bench.holdings().fences()).isZero();
    bench.device.close();
    bench.giveBuffersBack();
    assertThat(bench.holdings()).isEqualTo(new Holdings(0, 0, 0, 0, 0, 0));
    bench.core.close();
  }
}
