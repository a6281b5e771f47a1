package org.dmabuf.video.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.video.node.NodeRig.refuses;

import java.util.List;
import org.dmabuf.DmaBuf;
import org.dmabuf.Errno;
import org.dmabuf.fault.FaultKind;
import org.dmabuf.fault.FaultPoint;
import org.dmabuf.fault.FaultRule;
import org.dmabuf.fault.Injection;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.resv.Usage;
import org.dmabuf.sync.SyncFile;
import org.dmabuf.video.queue.BufferFlag;
import org.dmabuf.video.queue.FrameResult.Outcome;
import org.dmabuf.video.queue.MemoryType;
import org.dmabuf.video.queue.QueueFencing;
import org.dmabuf.video.queue.QueueType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How a queue fences: not at all, in the reservations, or as the program says. */
final class QueueFencingTest {
  private static final QueueType CAPTURE = QueueType.CAPTURE;
  private static final QueueType OUTPUT = QueueType.OUTPUT;

  @Test
  @Row("E/10")
  void shouldNeitherWaitNorTellOthersUnlessItIsToldTo() {
    try (NodeRig rig = new NodeRig(NodeRole.CAPTURE, 0, job -> Outcome.DONE)) {
      DmaBuf buffer = rig.allocate();
      FenceContext others = rig.program.fenceContext("gpu", "render");
      add(buffer, others.create(), Usage.WRITE);
      rig.request(CAPTURE, MemoryType.DMABUF, 2);
      rig.queue(CAPTURE, 0, buffer);
      rig.streamOn(CAPTURE);
      assertThat(rig.dequeue(CAPTURE).is(BufferFlag.ERROR)).isFalse();
      assertThat(buffer.resv().entries()).hasSize(1);
      refuses(
          Errno.EINVAL,
          () ->
              V4l2Ioctl.queue(
                  rig.files, rig.device, rig.dmabuf(CAPTURE, 0, buffer).withOutFence()));
      others.close();
    }
  }

  @Test
  void shouldAddAWriteFenceAndWaitForThoseThatWereThere() {
    try (NodeRig rig = new NodeRig(NodeRole.CAPTURE, 0, job -> Outcome.DONE)) {
      DmaBuf buffer = rig.allocate();
      FenceContext others = rig.program.fenceContext("display", "scanout");
      DmaFence shown = others.create();
      add(buffer, shown, Usage.READ);
      rig.fencing(CAPTURE, QueueFencing.IMPLICIT);
      rig.request(CAPTURE, MemoryType.DMABUF, 2);
      rig.streamOn(CAPTURE);
      rig.queue(CAPTURE, 0, buffer);
      DmaFence written = fence(buffer, Usage.WRITE);
      assertThat(written.isSignaled()).isFalse();
      assertThat(V4l2Ioctl.query(rig.files, rig.device, CAPTURE.number(), 0).flags())
          .contains(BufferFlag.QUEUED);
      others.signal(shown);
      assertThat(rig.dequeue(CAPTURE).is(BufferFlag.ERROR)).isFalse();
      assertThat(written.status()).isEqualTo(1);
      others.close();
    }
  }

  /** What a display made of the frame before does not matter to who writes the next one. */
  @Test
  void shouldWriteWhatOthersHaveDoneWithWhetherTheyFailedOrNot() {
    try (NodeRig rig = new NodeRig(NodeRole.CAPTURE, 0, job -> Outcome.DONE)) {
      DmaBuf buffer = rig.allocate();
      FenceContext others = rig.program.fenceContext("display", "scanout");
      DmaFence shown = others.create();
      add(buffer, shown, Usage.READ);
      rig.fencing(CAPTURE, QueueFencing.IMPLICIT);
      rig.request(CAPTURE, MemoryType.DMABUF, 2);
      rig.streamOn(CAPTURE);
      rig.queue(CAPTURE, 0, buffer);
      DmaFence written = fence(buffer, Usage.WRITE);
      others.fail(shown, Errno.ECANCELED);
      assertThat(rig.dequeue(CAPTURE).is(BufferFlag.ERROR)).isFalse();
      assertThat(written.error()).isEmpty();
      others.close();
    }
  }

  /** A limit that is reached is not taken for a device that leaves. */
  @Test
  void shouldSayWhyThereIsNoFence() {
    try (NodeRig rig = new NodeRig(NodeRole.CAPTURE, 0, job -> Outcome.DONE)) {
      DmaBuf buffer = rig.allocate();
      rig.fencing(CAPTURE, QueueFencing.IMPLICIT);
      rig.request(CAPTURE, MemoryType.DMABUF, 2);
      rig.streamOn(CAPTURE);
      FaultRule rule = FaultRule.each(FaultRule.ANY, FaultPoint.FENCE, FaultKind.FAIL);
      try (Injection _ = rig.core.inject(rule.withErrno(Errno.EDQUOT))) {
        refuses(Errno.EDQUOT, () -> rig.queue(CAPTURE, 0, buffer));
      }
      rig.queue(CAPTURE, 0, buffer);
      assertThat(rig.dequeue(CAPTURE).is(BufferFlag.ERROR)).isFalse();
    }
  }

  @Test
  void shouldFailAFrameOfWhichTheWriterFailed() {
    try (NodeRig rig = new NodeRig(NodeRole.OUTPUT, 0, job -> Outcome.DONE)) {
      DmaBuf buffer = rig.allocate();
      FenceContext others = rig.program.fenceContext("camera", "frames");
      DmaFence written = others.create();
      add(buffer, written, Usage.WRITE);
      rig.fencing(OUTPUT, QueueFencing.IMPLICIT);
      rig.request(OUTPUT, MemoryType.DMABUF, 2);
      rig.streamOn(OUTPUT);
      rig.queue(OUTPUT, 0, buffer);
      others.fail(written, Errno.ECANCELED);
      assertThat(rig.dequeue(OUTPUT).is(BufferFlag.ERROR)).isTrue();
      others.close();
    }
  }

  @Test
  void shouldAddAReadFenceWhereItReadsAndWaitForWritersOnly() {
    try (NodeRig rig = new NodeRig(NodeRole.OUTPUT, 0, job -> Outcome.DONE)) {
      DmaBuf buffer = rig.allocate();
      FenceContext others = rig.program.fenceContext("display", "scanout");
      add(buffer, others.create(), Usage.READ);
      rig.fencing(OUTPUT, QueueFencing.IMPLICIT);
      rig.request(OUTPUT, MemoryType.DMABUF, 2);
      rig.streamOn(OUTPUT);
      rig.queue(OUTPUT, 0, buffer);
      assertThat(rig.dequeue(OUTPUT).is(BufferFlag.ERROR)).isFalse();
      assertThat(buffer.resv().entries()).extracting(DmaResv.Entry::usage).containsOnly(Usage.READ);
      others.close();
    }
  }

  @Test
  void shouldWaitForAnInFenceAndSignalAnOutFence() {
    try (NodeRig rig = new NodeRig(NodeRole.CAPTURE, 0, job -> Outcome.DONE)) {
      FenceContext others = rig.program.fenceContext("gpu", "render");
      DmaFence before = others.create();
      int in = new SyncFile(before).install(rig.files);
      rig.fencing(CAPTURE, QueueFencing.EXPLICIT);
      rig.request(CAPTURE, MemoryType.MMAP, 2);
      rig.streamOn(CAPTURE);
      V4l2Buffer first = V4l2Buffer.of(CAPTURE, MemoryType.MMAP, 0).withInFence(in);
      V4l2Ioctl.queue(rig.files, rig.device, first);
      int out =
          V4l2Ioctl.queue(
                  rig.files, rig.device, V4l2Buffer.of(CAPTURE, MemoryType.MMAP, 1).withOutFence())
              .getAsInt();
      DmaFence after = SyncFile.fenceOf(rig.files, out).orElseThrow();
      assertThat(after.isSignaled()).as("behind one that waits").isFalse();
      others.signal(before);
      assertThat(rig.dequeue(CAPTURE).index()).isZero();
      assertThat(rig.dequeue(CAPTURE).index()).isEqualTo(1);
      assertThat(after.status()).isEqualTo(1);
      refuses(
          Errno.EINVAL,
          () ->
              V4l2Ioctl.queue(
                  rig.files,
                  rig.device,
                  V4l2Buffer.of(CAPTURE, MemoryType.MMAP, 0).withInFence(rig.device)));
      others.close();
    }
  }

  @Test
  void shouldFailAFrameWhoseInFenceFailed() {
    try (NodeRig rig = new NodeRig(NodeRole.CAPTURE, 0, job -> Outcome.DONE)) {
      FenceContext others = rig.program.fenceContext("gpu", "render");
      DmaFence before = others.create();
      others.fail(before, Errno.EIO);
      rig.fencing(CAPTURE, QueueFencing.EXPLICIT);
      rig.request(CAPTURE, MemoryType.MMAP, 2);
      rig.streamOn(CAPTURE);
      int in = new SyncFile(before).install(rig.files);
      V4l2Ioctl.queue(
          rig.files, rig.device, V4l2Buffer.of(CAPTURE, MemoryType.MMAP, 0).withInFence(in));
      assertThat(rig.dequeue(CAPTURE).is(BufferFlag.ERROR)).isTrue();
      others.close();
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = QueueFencing.class,
      names = {"IMPLICIT", "EXPLICIT"})
  void shouldFailTheFenceOfAFrameThatFailed(QueueFencing mode) {
    try (NodeRig rig = new NodeRig(NodeRole.CAPTURE, 0, job -> Outcome.ERROR)) {
      rig.fencing(CAPTURE, mode);
      DmaBuf buffer = rig.allocate();
      rig.request(CAPTURE, MemoryType.DMABUF, 2);
      DmaFence fence = queued(rig, mode, buffer);
      rig.streamOn(CAPTURE);
      assertThat(rig.dequeue(CAPTURE).is(BufferFlag.ERROR)).isTrue();
      assertThat(fence.error()).contains(Errno.EIO);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = QueueFencing.class,
      names = {"IMPLICIT", "EXPLICIT"})
  void shouldCancelTheFencesOfWhatIsTakenBack(QueueFencing mode) {
    try (NodeRig rig = new NodeRig(NodeRole.CAPTURE, 0, job -> Outcome.DONE)) {
      rig.fencing(CAPTURE, mode);
      DmaBuf buffer = rig.allocate();
      rig.request(CAPTURE, MemoryType.DMABUF, 2);
      DmaFence byStreamOff = queued(rig, mode, buffer);
      rig.streamOff(CAPTURE);
      assertThat(byStreamOff.error()).contains(Errno.ECANCELED);
      DmaFence byRequest = queued(rig, mode, buffer);
      rig.request(CAPTURE, MemoryType.DMABUF, 0);
      assertThat(byRequest.error()).contains(Errno.ECANCELED);
      rig.request(CAPTURE, MemoryType.DMABUF, 2);
      DmaFence byClose = queued(rig, mode, buffer);
      rig.files.close(rig.device);
      assertThat(byClose.error()).contains(Errno.ECANCELED);
    }
  }

  private static DmaFence queued(NodeRig rig, QueueFencing mode, DmaBuf buffer) {
    V4l2Buffer said = rig.dmabuf(CAPTURE, 0, buffer);
    if (mode == QueueFencing.IMPLICIT) {
      V4l2Ioctl.queue(rig.files, rig.device, said);
      return fence(buffer, Usage.WRITE);
    }
    int out = V4l2Ioctl.queue(rig.files, rig.device, said.withOutFence()).getAsInt();
    return SyncFile.fenceOf(rig.files, out).orElseThrow();
  }

  private static void add(DmaBuf buffer, DmaFence fence, Usage usage) {
    buffer.resv().lock();
    try {
      buffer.resv().reserveFences(1);
      buffer.resv().addFence(fence, usage);
    } finally {
      buffer.resv().unlock();
    }
  }

  private static DmaFence fence(DmaBuf buffer, Usage usage) {
    List<DmaFence> fences =
        buffer.resv().entries().stream()
            .filter(entry -> entry.usage() == usage)
            .map(DmaResv.Entry::fence)
            .toList();
    return fences.getLast();
  }
}
