package org.dmabuf.video.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.sync.SyncFile;
import org.dmabuf.video.queue.BufferFlag;
import org.dmabuf.video.queue.FrameResult.Outcome;
import org.dmabuf.video.queue.MemoryType;
import org.dmabuf.video.queue.QueueFencing;
import org.dmabuf.video.queue.QueueType;
import org.junit.jupiter.api.Test;

/** A device that makes frames of frames: contexts, threads, and buffers in pairs. */
final class ConverterTest {
  private static final QueueType IN = QueueType.OUTPUT;
  private static final QueueType OUT = QueueType.CAPTURE;
  private static final int[] BOTH = {IN.number(), OUT.number()};

  @Test
  void shouldDoTwoContextsAtOnceAndNoThird() throws Exception {
    CountDownLatch two = new CountDownLatch(2);
    CountDownLatch goOn = new CountDownLatch(1);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    FrameWorker slow =
        job -> {
          most.accumulateAndGet(inside.incrementAndGet(), Math::max);
          two.countDown();
          boolean went = StreamTest.await(goOn);
          inside.decrementAndGet();
          return went ? Outcome.DONE : Outcome.ERROR;
        };
    try (NodeRig rig = new NodeRig(NodeRole.CONVERTER, 0, slow)) {
      int[] contexts = {rig.device, rig.open(), rig.open()};
      for (int context : contexts) {
        begin(rig, context, 2);
      }
      assertThat(two.await(60, TimeUnit.SECONDS)).isTrue();
      goOn.countDown();
      for (int context : contexts) {
        for (int i = 0; i < 2; i++) {
          assertThat(V4l2Ioctl.dequeue(rig.files, context, OUT.number(), 0).index()).isEqualTo(i);
          assertThat(V4l2Ioctl.dequeue(rig.files, context, IN.number(), 0).index()).isEqualTo(i);
        }
      }
      assertThat(most).hasValue(2);
    }
  }

  @Test
  void shouldWorkOnlyWhenBothQueuesHaveABufferAndStream() {
    AtomicInteger frames = new AtomicInteger();
    FrameWorker counting =
        job -> {
          frames.incrementAndGet();
          return Outcome.DONE;
        };
    try (NodeRig rig = new NodeRig(NodeRole.CONVERTER, 0, counting)) {
      rig.request(IN, MemoryType.MMAP, 2);
      rig.request(OUT, MemoryType.MMAP, 2);
      rig.streamOn(IN);
      rig.queue(IN, 0);
      rig.queue(OUT, 0);
      assertThat(V4l2Ioctl.query(rig.files, rig.device, IN.number(), 0).is(BufferFlag.QUEUED))
          .isTrue();
      rig.streamOn(OUT);
      assertThat(rig.dequeue(OUT).is(BufferFlag.ERROR)).isFalse();
      assertThat(rig.dequeue(IN).is(BufferFlag.ERROR)).isFalse();
      rig.queue(OUT, 0);
      rig.queue(IN, 1);
      assertThat(rig.dequeue(IN).index()).isEqualTo(1);
      assertThat(frames).hasValue(2);
    }
  }

  @Test
  void shouldLeaveAContextThatWaitsForAFenceAndDoOthersMeanwhile() {
    try (NodeRig rig = new NodeRig(NodeRole.CONVERTER, 0, job -> Outcome.DONE)) {
      FenceContext camera = rig.program.fenceContext("camera", "frames");
      DmaFence captured = camera.create();
      rig.fencing(IN, QueueFencing.EXPLICIT);
      rig.request(IN, MemoryType.MMAP, 2);
      rig.request(OUT, MemoryType.MMAP, 2);
      rig.streamOn(IN);
      rig.streamOn(OUT);
      rig.queue(OUT, 0);
      int fd = new SyncFile(captured).install(rig.files);
      V4l2Ioctl.queue(rig.files, rig.device, V4l2Buffer.of(IN, MemoryType.MMAP, 0).withInFence(fd));
      int other = rig.open();
      begin(rig, other, 1);
      assertThat(V4l2Ioctl.dequeue(rig.files, other, OUT.number(), 0).index()).isZero();
      assertThat(V4l2Ioctl.query(rig.files, rig.device, IN.number(), 0).is(BufferFlag.QUEUED))
          .isTrue();
      camera.signal(captured);
      assertThat(rig.dequeue(OUT).is(BufferFlag.ERROR)).isFalse();
      camera.close();
    }
  }

  @Test
  void shouldHaveQueuesAndFormatsForEachFileApart() {
    try (NodeRig rig = new NodeRig(NodeRole.CONVERTER, 0, job -> Outcome.DONE)) {
      int other = rig.open();
      rig.request(IN, MemoryType.MMAP, 3);
      rig.request(other, IN, MemoryType.DMABUF, 1);
      assertThat(V4l2Ioctl.query(rig.files, rig.device, IN.number(), 2).memory())
          .isEqualTo(MemoryType.MMAP);
      assertThat(V4l2Ioctl.query(rig.files, other, IN.number(), 0).memory())
          .isEqualTo(MemoryType.DMABUF);
      rig.files.close(rig.device);
      assertThat(V4l2Ioctl.query(rig.files, other, IN.number(), 0).index()).isZero();
    }
  }

  private static void begin(NodeRig rig, int context, int frames) {
    for (QueueType type : new QueueType[] {IN, OUT}) {
      rig.request(context, type, MemoryType.MMAP, frames);
      for (int i = 0; i < frames; i++) {
        V4l2Ioctl.queue(rig.files, context, V4l2Buffer.of(type, MemoryType.MMAP, i));
      }
    }
    for (int type : BOTH) {
      V4l2Ioctl.streamOn(rig.files, context, type);
    }
  }
}
