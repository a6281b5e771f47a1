package org.dmabuf.video.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.video.node.NodeRig.refuses;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.file.PollEvents;
import org.dmabuf.video.queue.BufferFlag;
import org.dmabuf.video.queue.BufferStatus;
import org.dmabuf.video.queue.FrameResult.Outcome;
import org.dmabuf.video.queue.MemoryType;
import org.dmabuf.video.queue.QueueLimits;
import org.dmabuf.video.queue.QueueType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How streams begin and end. */
final class StreamTest {
  private static final QueueType CAPTURE = QueueType.CAPTURE;

  @ParameterizedTest
  @ValueSource(longs = {0, 1000})
  @Row("V5")
  void shouldEndWithTheLastBufferAndBeginAnewAfterStreamOff(long period) {
    AtomicInteger frames = new AtomicInteger();
    FrameWorker three = job -> frames.incrementAndGet() % 3 == 0 ? Outcome.LAST : Outcome.DONE;
    try (NodeRig rig = new NodeRig(NodeRole.CAPTURE, period, three)) {
      rig.request(CAPTURE, MemoryType.MMAP, 4);
      V4l2ControlIoctl.subscribe(rig.files, rig.device, VideoEvent.END_OF_STREAM, 0, 0);
      for (int stream = 0; stream < 2; stream++) {
        for (int i = 0; i < 4; i++) {
          rig.queue(CAPTURE, i);
        }
        rig.streamOn(CAPTURE);
        for (int i = 0; i < 3; i++) {
          BufferStatus status = rig.dequeue(CAPTURE);
          assertThat(status.index()).isEqualTo(i);
          assertThat(status.is(BufferFlag.LAST)).isEqualTo(i == 2);
          assertThat(status.planes().getFirst().bytesUsed()).isEqualTo(i == 2 ? 0 : NodeRig.FRAME);
        }
        refuses(Errno.EPIPE, () -> rig.dequeue(CAPTURE));
        assertThat(rig.files.poll(rig.device, PollEvents.POLLIN)).isEqualTo(PollEvents.POLLIN);
        assertThat(V4l2ControlIoctl.dequeueEvent(rig.files, rig.device).type())
            .isEqualTo(VideoEvent.END_OF_STREAM);
        rig.streamOff(CAPTURE);
      }
      assertThat(frames).hasValue(6);
    }
  }

  @Test
  void shouldBeginOnlyWhenEnoughBuffersAreQueued() {
    AtomicInteger frames = new AtomicInteger();
    FrameWorker counting =
        job -> {
          frames.incrementAndGet();
          return Outcome.DONE;
        };
    try (NodeRig rig = new NodeRig(NodeRole.CAPTURE, 0, new QueueLimits(1, 3, 8), counting)) {
      rig.request(CAPTURE, MemoryType.MMAP, 2);
      refuses(Errno.EINVAL, () -> rig.streamOn(CAPTURE));
      rig.request(CAPTURE, MemoryType.MMAP, 4);
      rig.streamOn(CAPTURE);
      rig.queue(CAPTURE, 0);
      rig.queue(CAPTURE, 1);
      assertThat(frames).hasValue(0);
      rig.queue(CAPTURE, 2);
      assertThat(frames).hasValue(3);
      rig.queue(CAPTURE, 3);
      assertThat(frames).hasValue(4);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1000})
  void shouldFailTheFrameOfADriverThatThrowsAndGoOn(long period) {
    AtomicInteger frames = new AtomicInteger();
    FrameWorker breaks =
        job -> {
          if (frames.incrementAndGet() == 1) {
            throw new IllegalStateException("planted");
          }
          return Outcome.DONE;
        };
    try (NodeRig rig = new NodeRig(NodeRole.CAPTURE, period, breaks)) {
      rig.request(CAPTURE, MemoryType.MMAP, 2);
      rig.queue(CAPTURE, 0);
      rig.queue(CAPTURE, 1);
      rig.streamOn(CAPTURE);
      assertThat(rig.dequeue(CAPTURE).is(BufferFlag.ERROR)).isTrue();
      assertThat(rig.dequeue(CAPTURE).is(BufferFlag.ERROR)).isFalse();
    }
  }

  @Test
  void shouldWaitForTheFrameThatIsBeingMadeWhenItIsSwitchedOff() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    FrameWorker slow =
        job -> {
          begun.countDown();
          return await(goOn) ? Outcome.DONE : Outcome.ERROR;
        };
    try (NodeRig rig = new NodeRig(NodeRole.CAPTURE, 1000, slow)) {
      rig.request(CAPTURE, MemoryType.MMAP, 2);
      rig.queue(CAPTURE, 0);
      rig.streamOn(CAPTURE);
      assertThat(begun.await(60, TimeUnit.SECONDS)).isTrue();
      FutureTask<Void> off =
          new FutureTask<>(
              () -> {
                rig.streamOff(CAPTURE);
                return null;
              });
      Thread.ofPlatform().daemon().start(off);
      while (rig.files.poll(rig.device, PollEvents.POLLIN) != PollEvents.POLLERR) {
        Thread.onSpinWait();
      }
      assertThat(off.isDone()).isFalse();
      goOn.countDown();
      off.get(60, TimeUnit.SECONDS);
      assertThat(V4l2Ioctl.query(rig.files, rig.device, 1, 0).flags())
          .doesNotContain(BufferFlag.QUEUED, BufferFlag.DONE);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1000})
  void shouldGiveUpEverythingWhenItsDriverLeaves(long period) throws Exception {
    try (NodeRig rig = new NodeRig(NodeRole.CAPTURE, period, job -> Outcome.DONE)) {
      rig.request(CAPTURE, MemoryType.MMAP, 2);
      rig.streamOn(CAPTURE);
      FutureTask<Errno> waits = new FutureTask<>(() -> dequeueFails(rig));
      Thread thread = Thread.ofPlatform().daemon().start(waits);
      while (thread.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      rig.node.close();
      rig.node.close();
      assertThat(waits.get(60, TimeUnit.SECONDS)).isEqualTo(Errno.ENODEV);
      refuses(Errno.ENODEV, () -> rig.queue(CAPTURE, 0));
      refuses(Errno.ENODEV, () -> rig.request(CAPTURE, MemoryType.MMAP, 0));
      refuses(Errno.ENODEV, rig::open);
      assertThat(rig.program.holdings().buffers()).isZero();
      assertThat(rig.program.holdings().bytes()).isZero();
    }
  }

  private static Errno dequeueFails(NodeRig rig) {
    try {
      throw new AssertionError(rig.dequeue(CAPTURE) + " was dequeued");
    } catch (DmaBufException refused) {
      return refused.errno();
    }
  }

  static boolean await(CountDownLatch latch) {
    try {
      return latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
