package org.dmabuf.video.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.video.queue.FrameResult.Outcome;
import org.dmabuf.video.queue.MemoryType;
import org.dmabuf.video.queue.QueueFencing;
import org.dmabuf.video.queue.QueueType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Threads that make any call at any time of one open device: nothing hangs, nothing is left. */
final class QueueStormTest {
  private static final int THREADS = 4;
  private static final int CALLS = 1500;
  private static final int MMAP = MemoryType.MMAP.number();
  private static final int DMABUF = MemoryType.DMABUF.number();
  private static final Set<Errno> ANSWERS =
      EnumSet.of(
          Errno.EINVAL,
          Errno.EBUSY,
          Errno.EAGAIN,
          Errno.ENOBUFS,
          Errno.EPIPE,
          Errno.EIO,
          Errno.ENODEV,
          Errno.ENOMEM);

  @ParameterizedTest
  @CsvSource({
    "CAPTURE, 0, NONE, 1", "CAPTURE, 1000, NONE, 2", "CAPTURE, 1000, IMPLICIT, 3",
    "OUTPUT, 0, NONE, 4", "OUTPUT, 1000, IMPLICIT, 5", "CONVERTER, 0, NONE, 6",
    "CONVERTER, 0, IMPLICIT, 7"
  })
  void shouldAnswerEveryCallAndLeaveNothing(
      NodeRole role, long period, QueueFencing fencing, long seed) throws Exception {
    FrameWorker worker = job -> Outcome.DONE;
    try (NodeRig rig = new NodeRig(role, period, worker)) {
      rig.files.control().setFlags(rig.device, OpenFlags.O_NONBLOCK);
      List<QueueType> types = V4l2FormatIoctl.capabilities(rig.files, rig.device).queues();
      types.forEach(type -> rig.fencing(type, fencing));
      DmaBuf buffer = rig.allocate();
      int fd = rig.program.fd(buffer.get(), rig.files, true);
      List<FutureTask<Void>> running = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        Random random = new Random(seed * THREADS + i);
        FutureTask<Void> task =
            new FutureTask<>(
                () -> {
                  for (int call = 0; call < CALLS; call++) {
                    guarded(rig, types.get(random.nextInt(types.size())), fd, random);
                  }
                  return null;
                });
        Thread.ofPlatform().daemon().start(task);
        running.add(task);
      }
      for (FutureTask<Void> task : running) {
        task.get(60, TimeUnit.SECONDS);
      }
      if (seed % 2 == 0) {
        rig.node.close();
      }
    }
  }

  private static void guarded(NodeRig rig, QueueType type, int fd, Random random) {
    try {
      call(rig, type, fd, random);
    } catch (DmaBufException answered) {
      assertThat(ANSWERS).as(answered.getMessage()).contains(answered.errno());
    }
  }

  private static void call(NodeRig rig, QueueType type, int fd, Random random) {
    int number = type.number();
    int index = random.nextInt(4);
    long used = type.isOutput() ? NodeRig.FRAME : 0;
    V4l2Buffer mmap = V4l2Buffer.of(type, MemoryType.MMAP, index);
    V4l2Buffer dmabuf =
        V4l2Buffer.of(type, MemoryType.DMABUF, index).withDmabuf(fd).withBytesUsed(used);
    switch (random.nextInt(16)) {
      case 0 ->
          V4l2Ioctl.requestBuffers(
              rig.files, rig.device, number, random.nextBoolean() ? MMAP : DMABUF, 4);
      case 1 -> V4l2Ioctl.requestBuffers(rig.files, rig.device, number, MMAP, 0);
      case 2 -> V4l2Ioctl.createBuffers(rig.files, rig.device, number, DMABUF, 2);
      case 3 -> V4l2Ioctl.removeBuffers(rig.files, rig.device, number, index, 1);
      case 4 -> V4l2Ioctl.streamOn(rig.files, rig.device, number);
      case 5 -> V4l2Ioctl.streamOff(rig.files, rig.device, number);
      case 6 -> V4l2Ioctl.prepare(rig.files, rig.device, random.nextBoolean() ? mmap : dmabuf);
      case 7 -> V4l2Ioctl.query(rig.files, rig.device, number, index);
      case 8 -> rig.files.close(V4l2Ioctl.export(rig.files, rig.device, number, index, 0, 2));
      case 9, 10, 11, 12 -> V4l2Ioctl.dequeue(rig.files, rig.device, number, MMAP);
      case 13 -> V4l2Ioctl.queue(rig.files, rig.device, mmap);
      default -> V4l2Ioctl.queue(rig.files, rig.device, dmabuf);
    }
  }
}
