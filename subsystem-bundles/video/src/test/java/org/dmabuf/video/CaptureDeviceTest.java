package org.dmabuf.video;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaDevice;
import org.dmabuf.Errno;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.video.queue.QueueFencing;
import org.junit.jupiter.api.Test;

/** What a program may ask of a device and when, without a frame being captured. */
class CaptureDeviceTest {
  private static Errno errnoOf(ThrowingCallable call) {
    DmaBufException failed = catchThrowableOfType(DmaBufException.class, call);
    assertThat(failed).as("a DmaBufException").isNotNull();
    return failed.errno();
  }

  @Test
  void v2_badDescriptorsAndSmallBuffersAreInvalid() {
    try (Bench bench = Bench.over(new TestSource(9)).withBuffers(2, QueueFencing.NONE)) {
      bench.allocate(255);
      int videoFd = bench.file.descriptor(); // the device's own, which is no dma-buf
      assertThat(errnoOf(() -> bench.file.queue(0, 99))).isEqualTo(Errno.EINVAL);
      assertThat(errnoOf(() -> bench.file.queue(0, -1))).isEqualTo(Errno.EINVAL);
      assertThat(errnoOf(() -> bench.file.queue(0, videoFd))).isEqualTo(Errno.EINVAL);
      assertThat(errnoOf(() -> bench.file.queue(0, bench.fd(2)))).isEqualTo(Errno.EINVAL);
      assertThat(bench.holdings().attachments()).isZero();
      bench.queue(0);
      assertThat(bench.holdings().attachments()).isEqualTo(1);
    }
  }

  @Test
  void v3_theSameBufferIsNotAttachedAgainAndAnotherReplacesIt() {
    try (Bench bench = Bench.over(new TestSource(9)).withBuffers(2, QueueFencing.NONE)) {
      TestHeap first = bench.buffers.get(0).heap();
      for (int i = 0; i < 3; i++) {
        bench.queue(0);
        bench.file.streamOff();
      }
      assertThat(first.attached).hasValue(1);
      assertThat(first.mapped).hasValue(3);
      assertThat(first.unmapped).hasValue(3);
      assertThat(first.detached).hasValue(0);

      bench.file.queue(0, bench.fd(1));
      assertThat(first.detached).hasValue(1);
      assertThat(bench.buffers.get(1).heap().mapped).hasValue(1);
      assertThat(bench.holdings().attachments()).isEqualTo(1);
    }
  }

  @Test
  void aFailedQueueDropsWhatTheIndexHeld() {
    try (Bench bench = Bench.over(new TestSource(9)).withBuffers(2, QueueFencing.IMPLICIT)) {
      bench.queue(0);
      bench.file.streamOff();
      assertThat(errnoOf(() -> bench.file.queue(0, 99))).isEqualTo(Errno.EINVAL);
      assertThat(bench.holdings().attachments()).isZero();
      assertThat(bench.holdings().mappings()).isZero();
      assertThat(bench.holdings().fences()).isZero();
    }
  }

  @Test
  void badIndicesAndBuffersThatAreQueuedAreInvalid() {
    try (Bench bench = Bench.over(new TestSource(9)).withBuffers(2, QueueFencing.NONE)) {
      assertThat(errnoOf(() -> bench.file.queue(2, bench.fd(0)))).isEqualTo(Errno.EINVAL);
      assertThat(errnoOf(() -> bench.file.queue(-1, bench.fd(0)))).isEqualTo(Errno.EINVAL);
      bench.queue(0);
      DmaBufException twice =
          catchThrowableOfType(DmaBufException.class, () -> bench.file.queue(0, bench.fd(1)));
      assertThat(twice.errno()).isEqualTo(Errno.EINVAL);
      assertThat(twice).hasMessageContaining("capture0").hasMessageContaining("QUEUED");
      assertThat(bench.buffers.get(0).heap().detached).as("stays attached").hasValue(0);
    }
  }

  @Test
  void v5_dequeueFirstNeedsAStreamAndThenHasNothingYet() {
    try (Bench bench = Bench.over(new TestSource(9)).withBuffers(2, QueueFencing.NONE)) {
      assertThat(errnoOf(() -> bench.file.dequeue())).isEqualTo(Errno.EINVAL);
      bench.file.streamOn();
      assertThat(bench.file.dequeue()).isEmpty();
      DmaBufException late =
          catchThrowableOfType(
              DmaBufException.class, () -> bench.file.dequeue(Duration.ofMillis(1)));
      assertThat(late.errno()).isEqualTo(Errno.ETIMEDOUT);
      bench.file.streamOff();
      assertThat(errnoOf(() -> bench.file.dequeue())).isEqualTo(Errno.EINVAL);
    }
  }

  @Test
  void v6_freeingTheQueueLeavesTheProgramsBuffersValid() {
    try (Bench bench = Bench.over(new TestSource(9)).streaming(2, QueueFencing.IMPLICIT)) {
      bench.next();
      bench.file.streamOff();
      assertThat(bench.file.requestBuffers(0)).isZero();
      assertThat(bench.holdings().attachments()).isZero();
      assertThat(bench.holdings().mappings()).isZero();
      assertThat(bench.holdings().fences()).isZero();
      assertThat(bench.holdings().buffers()).isEqualTo(2);
      bench.buffers.get(0).handle().get().close();
    }
  }

  @Test
  void v7_aScatteredBufferIsAFaultForADeviceThatNeedsOneRun() {
    DmaDevice contiguous = DmaDevice.builder("capture0").contiguous().build();
    try (Bench bench = Bench.over(new TestSource(9), contiguous)) {
      bench.file.setFormat(new VideoFormat(PixelFormat.GREY, 512, 512));
      bench.file.requestBuffers(2);
      bench.allocate(512 * 512).heap().scattered = true;
      assertThat(errnoOf(() -> bench.file.queue(0, bench.fd(0)))).isEqualTo(Errno.EFAULT);
      assertThat(bench.holdings().attachments()).isZero();
      assertThat(bench.holdings().mappings()).isZero();
    }
  }

  @Test
  void theFileThatRequestedBuffersOwnsTheQueue() {
    try (Bench bench = Bench.over(new TestSource(9)).withBuffers(2, QueueFencing.NONE)) {
      try (Camera second = new Camera(bench.device, bench.program.files())) {
        assertThat(errnoOf(() -> second.requestBuffers(2))).isEqualTo(Errno.EBUSY);
        assertThat(errnoOf(() -> second.requestBuffers(0))).isEqualTo(Errno.EBUSY);
        assertThat(errnoOf(() -> second.queue(0, bench.fd(0)))).isEqualTo(Errno.EBUSY);
        assertThat(errnoOf(() -> second.dequeue())).isEqualTo(Errno.EBUSY);
        assertThat(errnoOf(second::streamOn)).isEqualTo(Errno.EBUSY);
        assertThat(errnoOf(second::streamOff)).isEqualTo(Errno.EBUSY);
        assertThat(errnoOf(() -> second.setFormat(TestSource.FORMAT))).isEqualTo(Errno.EBUSY);
        bench.file.requestBuffers(0);
        assertThat(second.requestBuffers(3)).isEqualTo(3);
        assertThat(errnoOf(() -> bench.file.requestBuffers(2))).isEqualTo(Errno.EBUSY);
      }
      assertThat(bench.file.requestBuffers(2)).as("closing gives the queue up").isEqualTo(2);
    }
  }

  @Test
  void requestBuffersKeepsToItsLimitsAndIsBusyWhileStreaming() {
    try (Bench bench = Bench.over(new TestSource(9))) {
      bench.file.setFormat(TestSource.FORMAT);
      assertThat(bench.file.requestBuffers(1)).isEqualTo(2);
      assertThat(bench.file.requestBuffers(65)).isEqualTo(64);
      bench.file.streamOn();
      assertThat(errnoOf(() -> bench.file.requestBuffers(0))).isEqualTo(Errno.EBUSY);
      assertThat(errnoOf(() -> bench.file.requestBuffers(2))).isEqualTo(Errno.EBUSY);
      assertThat(errnoOf(() -> bench.file.setFencing(QueueFencing.IMPLICIT)))
          .isEqualTo(Errno.EBUSY);
    }
  }

  @Test
  void formatsAreThoseOfTheDeviceAndNotChangedUnderBuffers() {
    try (Bench bench = Bench.over(new TestSource(9))) {
      Camera file = bench.file;
      assertThat(errnoOf(() -> file.setFormat(new VideoFormat(PixelFormat.NV12, 16, 16))))
          .isEqualTo(Errno.EINVAL);
      assertThat(errnoOf(() -> file.setFormat(new VideoFormat(PixelFormat.GREY, 15, 16))))
          .isEqualTo(Errno.EINVAL);
      assertThat(errnoOf(() -> file.setFormat(new VideoFormat(PixelFormat.GREY, 16, 8193))))
          .isEqualTo(Errno.EINVAL);
      file.setFormat(TestSource.FORMAT);
      assertThat(file.layout().size()).isEqualTo(256);
      file.requestBuffers(2);
      assertThat(errnoOf(() -> file.setFormat(TestSource.FORMAT))).isEqualTo(Errno.EBUSY);
    }
  }

  @Test
  void streamOnAndOffMayBeRepeated() {
    try (Bench bench = Bench.over(new TestSource(9))) {
      assertThat(errnoOf(bench.file::streamOn)).isEqualTo(Errno.EINVAL);
      bench.file.streamOff();
      bench.withBuffers(2, QueueFencing.NONE);
      bench.file.streamOn();
      bench.file.streamOn();
      bench.file.streamOff();
      bench.file.streamOff();
    }
  }

  @Test
  void aClosedFileIsABadDescriptorAndItsTableClosesIt() {
    try (Bench bench = Bench.over(new TestSource(9)).streaming(2, QueueFencing.IMPLICIT)) {
      bench.program.files().close(bench.file.descriptor());
      assertThat(errnoOf(() -> bench.file.dequeue())).isEqualTo(Errno.EBADF);
      assertThat(bench.holdings().attachments()).isZero();
      assertThat(bench.holdings().fences()).isZero();
      bench.file.close();
    }
  }
}
