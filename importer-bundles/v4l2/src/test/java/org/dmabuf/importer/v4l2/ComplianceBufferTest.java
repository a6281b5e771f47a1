package org.dmabuf.importer.v4l2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.importer.v4l2.VideoRig.refuses;

import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.file.Ioctl;
import org.dmabuf.file.MmapFlags;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.video.node.V4l2FormatIoctl;
import org.dmabuf.video.node.V4l2Ioctl;
import org.dmabuf.video.queue.BufferFlag;
import org.dmabuf.video.queue.BufferStatus;
import org.dmabuf.video.queue.MemoryType;
import org.dmabuf.video.queue.PlaneStatus;
import org.dmabuf.video.queue.QueueType;
import org.dmabuf.video.queue.VideoQueue;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What v4l2-compliance asserts of buffers without streaming, by its names, on every video device
 * here. {@link ComplianceStreamingTest} has those that stream.
 */
final class ComplianceBufferTest {
  private static final int SHARED = MmapFlags.MAP_SHARED;
  private static final int READ_WRITE = MmapFlags.PROT_READ | MmapFlags.PROT_WRITE;

  @ParameterizedTest
  @EnumSource(TestedNode.class)
  @Row({"V6", "E/2", "E/3"})
  void testReqBufs(TestedNode kind) {
    try (VideoRig rig = new VideoRig(kind)) {
      for (QueueType type : kind.queues()) {
        refuses(Errno.EINVAL, () -> V4l2Ioctl.requestBuffers(rig.files, rig.device, 0xff, 1, 0));
        refuses(Errno.EINVAL, () -> requestByNumber(rig, type, 0xff, 0));
        refuses(Errno.EINVAL, () -> rig.query(type, 0));
        for (MemoryType memory : MemoryType.values()) {
          assertThat(rig.request(type, memory, 0)).isZero();
          int count = rig.request(type, memory, 1);
          assertThat(count).isPositive();
          for (int i = 0; i < count; i++) {
            check(rig.query(type, i), rig.format(type).sizes());
          }
          refuses(Errno.EINVAL, () -> rig.query(type, count));
          refuses(Errno.EBUSY, () -> rig.setSize(type, 32, 32));
          int more = rig.request(type, memory, count + 2);
          assertThat(more).isEqualTo(count + 2);
          if (!kind.converts()) {
            secondOpenerGetsBusy(rig, type, memory);
          }
          assertThat(rig.request(type, memory, 0)).isZero();
          rig.setSize(type, VideoRig.WIDTH, VideoRig.HEIGHT);
        }
      }
    }
  }

  private static void requestByNumber(VideoRig rig, QueueType type, int memory, int count) {
    V4l2Ioctl.requestBuffers(rig.files, rig.device, type.number(), memory, count);
  }

  private static void secondOpenerGetsBusy(VideoRig rig, QueueType type, MemoryType memory) {
    int second = rig.open();
    int number = type.number();
    refuses(
        Errno.EBUSY, () -> V4l2Ioctl.requestBuffers(rig.files, second, number, memory.number(), 1));
    refuses(
        Errno.EBUSY, () -> V4l2Ioctl.requestBuffers(rig.files, second, number, memory.number(), 0));
    refuses(
        Errno.EBUSY, () -> V4l2Ioctl.createBuffers(rig.files, second, number, memory.number(), 1));
    refuses(Errno.EBUSY, () -> V4l2Ioctl.removeBuffers(rig.files, second, number, 0, 1));
    refuses(Errno.EBUSY, () -> V4l2Ioctl.queue(rig.files, second, rig.mmap(type, 0)));
    refuses(Errno.EBUSY, () -> V4l2Ioctl.prepare(rig.files, second, rig.mmap(type, 0)));
    refuses(Errno.EBUSY, () -> V4l2Ioctl.dequeue(rig.files, second, number, 1));
    refuses(Errno.EBUSY, () -> V4l2Ioctl.export(rig.files, second, number, 0, 0, 0));
    refuses(Errno.EBUSY, () -> V4l2Ioctl.streamOn(rig.files, second, number));
    refuses(Errno.EBUSY, () -> V4l2Ioctl.streamOff(rig.files, second, number));
    assertThat(V4l2Ioctl.query(rig.files, second, number, 0).index()).isZero();
    rig.files.close(second);
  }

  @ParameterizedTest
  @EnumSource(TestedNode.class)
  void testCreateBufsMax(TestedNode kind) {
    try (VideoRig rig = new VideoRig(kind)) {
      for (QueueType type : kind.queues()) {
        VideoQueue.Created made = create(rig, type, MemoryType.DMABUF, 1000);
        assertThat(made.index()).isZero();
        assertThat(made.count()).isBetween(32, 1024);
        refuses(Errno.ENOBUFS, () -> create(rig, type, MemoryType.DMABUF, 1));
        VideoQueue.Created asked = create(rig, type, MemoryType.MMAP, 0);
        assertThat(asked.index()).isEqualTo(made.count());
        assertThat(rig.request(type, MemoryType.DMABUF, 0)).isZero();
        List<Long> small = rig.format(type).sizes().stream().map(size -> size - 1).toList();
        refuses(
            Errno.EINVAL,
            () -> V4l2Ioctl.createBuffers(rig.files, rig.device, type.number(), 1, 1, small));
      }
    }
  }

  private static VideoQueue.Created create(
      VideoRig rig, QueueType type, MemoryType memory, int count) {
    return V4l2Ioctl.createBuffers(rig.files, rig.device, type.number(), memory.number(), count);
  }

  @ParameterizedTest
  @EnumSource(TestedNode.class)
  @Row("V1")
  void testQueryBuf(TestedNode kind) {
    try (VideoRig rig = new VideoRig(kind)) {
      for (QueueType type : kind.queues()) {
        int count = rig.request(type, MemoryType.MMAP, 3);
        Set<Long> offsets = new HashSet<>();
        for (int i = 0; i < count; i++) {
          BufferStatus status = rig.query(type, i);
          check(status, rig.format(type).sizes());
          assertThat(status.index()).isEqualTo(i);
          assertThat(status.memory()).isEqualTo(MemoryType.MMAP);
          status.planes().forEach(plane -> assertThat(offsets.add(plane.offset())).isTrue());
        }
        refuses(Errno.EINVAL, () -> rig.query(type, -1));
        refuses(Errno.EINVAL, () -> V4l2Ioctl.query(rig.files, rig.device, 0xff, 0));
        assertThat(flags(rig, type, 0)).isEmpty();
        V4l2Ioctl.prepare(rig.files, rig.device, rig.mmap(type, 0));
        assertThat(flags(rig, type, 0)).containsExactly(BufferFlag.PREPARED);
        rig.queue(rig.mmap(type, 0));
        assertThat(flags(rig, type, 0)).containsExactly(BufferFlag.QUEUED);
      }
    }
  }

  private static Set<BufferFlag> flags(VideoRig rig, QueueType type, int index) {
    Set<BufferFlag> flags = new HashSet<>(rig.query(type, index).flags());
    flags.removeAll(Set.of(BufferFlag.TIMESTAMP_COPY, BufferFlag.TIMESTAMP_MONOTONIC));
    return flags;
  }

  @ParameterizedTest
  @EnumSource(TestedNode.class)
  @Row("E/11")
  void testRemoveBufs(TestedNode kind) {
    try (VideoRig rig = new VideoRig(kind)) {
      for (QueueType type : kind.queues()) {
        remove(rig, type, 0, 0);
        refuses(Errno.EINVAL, () -> remove(rig, type, 0, 1));
        int count = rig.request(type, MemoryType.MMAP, 4);
        refuses(Errno.EINVAL, () -> remove(rig, type, 1, 0xffff));
        refuses(Errno.EINVAL, () -> remove(rig, type, -1, 1));
        refuses(Errno.EINVAL, () -> remove(rig, type, count, 1));
        refuses(Errno.EINVAL, () -> V4l2Ioctl.removeBuffers(rig.files, rig.device, 0xff, 0, 1));
        remove(rig, type, 1, 2);
        refuses(Errno.EINVAL, () -> remove(rig, type, 1, 1));
        refuses(Errno.EINVAL, () -> remove(rig, type, 0, count));
        refuses(Errno.EINVAL, () -> rig.query(type, 1));
        assertThat(rig.query(type, 3).index()).isEqualTo(3);
        rig.queue(rig.mmap(type, 3));
        refuses(Errno.EBUSY, () -> remove(rig, type, 3, 1));
        assertThat(create(rig, type, MemoryType.MMAP, 3)).isEqualTo(new VideoQueue.Created(4, 3));
        assertThat(create(rig, type, MemoryType.MMAP, 2)).isEqualTo(new VideoQueue.Created(1, 2));
        rig.streamOff(type);
        remove(rig, type, 0, 7);
        refuses(Errno.EBUSY, () -> rig.setSize(type, 32, 32));
        assertThat(rig.request(type, MemoryType.MMAP, 0)).isZero();
      }
    }
  }

  private static void remove(VideoRig rig, QueueType type, int first, int count) {
    V4l2Ioctl.removeBuffers(rig.files, rig.device, type.number(), first, count);
  }

  @ParameterizedTest
  @EnumSource(TestedNode.class)
  @Row({"V4", "E/4"})
  void testExpBuf(TestedNode kind) {
    int all = OpenFlags.O_RDWR | OpenFlags.O_CLOEXEC;
    try (VideoRig rig = new VideoRig(kind)) {
      for (QueueType type : kind.queues()) {
        refuses(Errno.EINVAL, () -> export(rig, type, 0, 0, all));
        int count = rig.request(type, MemoryType.MMAP, 2);
        Set<Long> inodes = new HashSet<>();
        for (int plane = 0; plane < rig.planes(type); plane++) {
          int first = export(rig, type, 0, plane, all);
          int again = export(rig, type, 0, plane, OpenFlags.O_RDONLY);
          assertThat(inodes.add(rig.files.stat(first).inode())).isTrue();
          assertThat(inodes.add(rig.files.stat(again).inode())).isTrue();
          assertThat(rig.files.stat(first).size())
              .isEqualTo(VideoRig.pages(rig.format(type).sizes().get(plane)));
          assertThat(rig.files.isCloseOnExec(first)).isTrue();
          assertThat(rig.files.fdinfo(first)).contains("exp_name:\tvideobuf2_vmalloc");
          assertThat(flags(rig, type, 0)).containsExactly(BufferFlag.MAPPED);
          rig.files.close(first);
          rig.files.close(again);
          assertThat(flags(rig, type, 0)).isEmpty();
        }
        refuses(Errno.EINVAL, () -> export(rig, type, 0, rig.planes(type), all));
        refuses(Errno.EINVAL, () -> export(rig, type, count, 0, all));
        refuses(Errno.EINVAL, () -> export(rig, type, 0, 0, 0xffff));
        assertThat(rig.request(type, MemoryType.DMABUF, 2)).isEqualTo(2);
        refuses(Errno.EINVAL, () -> export(rig, type, 0, 0, all));
        rig.request(type, MemoryType.DMABUF, 0);
      }
    }
  }

  private static int export(VideoRig rig, QueueType type, int index, int plane, int flags) {
    return V4l2Ioctl.export(rig.files, rig.device, type.number(), index, plane, flags);
  }

  @ParameterizedTest
  @EnumSource(TestedNode.class)
  @Row({"E/1", "V4"})
  void testReadWrite(TestedNode kind) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[1000]);
    try (VideoRig rig = new VideoRig(kind)) {
      QueueType type = kind.queues().getFirst();
      if (kind.converts()) {
        refuses(Errno.EINVAL, () -> rig.files.read(rig.device, bytes));
        refuses(Errno.EINVAL, () -> rig.files.write(rig.device, bytes));
        return;
      }
      rig.request(type, MemoryType.MMAP, 2);
      refuses(Errno.EBUSY, () -> transfer(rig, type, bytes));
      rig.request(type, MemoryType.MMAP, 0);
      long frame = rig.format(type).sizes().getFirst();
      for (long done = 0; done < 3 * frame; ) {
        long got = transfer(rig, type, bytes);
        assertThat(got).isBetween(1L, 1000L);
        done += got;
      }
      refuses(Errno.EBUSY, () -> rig.request(type, MemoryType.MMAP, 0));
      refuses(Errno.EBUSY, () -> rig.queue(rig.mmap(type, 0)));
      refuses(Errno.EBUSY, () -> rig.streamOn(type));
      refuses(Errno.EBUSY, () -> rig.streamOff(type));
      refuses(Errno.EBUSY, () -> export(rig, type, 0, 0, 0));
    }
  }

  private static long transfer(VideoRig rig, QueueType type, MemorySegment bytes) {
    return type.isOutput() ? rig.files.write(rig.device, bytes) : rig.files.read(rig.device, bytes);
  }

  @ParameterizedTest
  @EnumSource(TestedNode.class)
  void testRequests(TestedNode kind) {
    try (VideoRig rig = new VideoRig(kind)) {
      QueueType type = kind.queues().getFirst();
      rig.request(type, MemoryType.MMAP, 2);
      refuses(Errno.EBADR, () -> rig.queue(rig.mmap(type, 0).withRequest()));
      rig.queue(rig.mmap(type, 0));
    }
  }

  @ParameterizedTest
  @EnumSource(TestedNode.class)
  void testSetupVbi(TestedNode kind) {
    try (VideoRig rig = new VideoRig(kind)) {
      for (int vbi = 4; vbi <= 7; vbi++) {
        int number = vbi;
        refuses(Errno.EINVAL, () -> V4l2FormatIoctl.get(rig.files, rig.device, number));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(TestedNode.class)
  void testCanSetSameTimings(TestedNode kind) {
    int setStandard = Ioctl.write('V', 24, 8);
    int setTimings = Ioctl.readWrite('V', 87, 132);
    MemorySegment argument = MemorySegment.ofArray(new byte[132]);
    try (VideoRig rig = new VideoRig(kind)) {
      refuses(Errno.ENOTTY, () -> rig.files.ioctl(rig.device, setStandard, argument));
      refuses(Errno.ENOTTY, () -> rig.files.ioctl(rig.device, setTimings, argument));
    }
  }

  @ParameterizedTest
  @EnumSource(TestedNode.class)
  void testBlockingDQBuf(TestedNode kind) throws Exception {
    try (VideoRig rig = new VideoRig(kind)) {
      for (QueueType type : kind.queues()) {
        rig.request(type, MemoryType.MMAP, 2);
        rig.streamOn(type);
        FutureTask<Errno> waits = new FutureTask<>(() -> dequeueFails(rig, type));
        Thread thread = Thread.ofPlatform().daemon().start(waits);
        while (thread.getState() != Thread.State.WAITING) {
          Thread.onSpinWait();
        }
        refuses(Errno.EBUSY, () -> V4l2Ioctl.dequeue(rig.files, rig.device, type.number(), 1));
        rig.streamOff(type);
        assertThat(waits.get(60, TimeUnit.SECONDS)).isEqualTo(Errno.EINVAL);
        rig.request(type, MemoryType.MMAP, 0);
      }
    }
  }

  private static Errno dequeueFails(VideoRig rig, QueueType type) {
    try {
      BufferStatus got = V4l2Ioctl.dequeue(rig.files, rig.device, type.number(), 1);
      throw new AssertionError(got + " was dequeued");
    } catch (DmaBufException refused) {
      return refused.errno();
    }
  }

  @ParameterizedTest
  @EnumSource(TestedNode.class)
  @Row("E/5")
  void testMmapArguments(TestedNode kind) {
    try (VideoRig rig = new VideoRig(kind)) {
      for (QueueType type : kind.queues()) {
        rig.request(type, MemoryType.MMAP, 2);
        PlaneStatus plane = rig.query(type, 1).planes().getFirst();
        long length = VideoRig.pages(plane.length());
        int missing = type.isOutput() ? MmapFlags.PROT_READ : MmapFlags.PROT_WRITE;
        refuses(
            Errno.EINVAL,
            () -> rig.files.mmap(rig.device, length, plane.offset(), missing, SHARED));
        refuses(
            Errno.EINVAL,
            () ->
                rig.files.mmap(
                    rig.device, length, plane.offset(), READ_WRITE, MmapFlags.MAP_PRIVATE));
        refuses(
            Errno.EINVAL,
            () -> rig.files.mmap(rig.device, length + 4096, plane.offset(), READ_WRITE, SHARED));
        refuses(
            Errno.EINVAL,
            () ->
                rig.files.mmap(
                    rig.device, length, plane.offset() + (1L << 20), READ_WRITE, SHARED));
        try (CpuMapping shorter =
            rig.files.mmap(rig.device, 4096, plane.offset(), READ_WRITE, SHARED)) {
          shorter.store(0, 7);
          assertThat(flags(rig, type, 1)).containsExactly(BufferFlag.MAPPED);
          assertThat(rig.request(type, MemoryType.MMAP, 0)).isZero();
          assertThat(shorter.load(0)).as("an orphan").isEqualTo(7);
        }
      }
    }
  }

  /** What holds of every buffer at any time. */
  static void check(BufferStatus status, List<Long> sizes) {
    Set<BufferFlag> states = new HashSet<>(status.flags());
    states.retainAll(Set.of(BufferFlag.QUEUED, BufferFlag.DONE, BufferFlag.PREPARED));
    assertThat(states).hasSizeLessThanOrEqualTo(1);
    assertThat(status.planes()).hasSameSizeAs(sizes);
    for (int i = 0; i < sizes.size(); i++) {
      PlaneStatus plane = status.planes().get(i);
      assertThat(plane.length()).isGreaterThanOrEqualTo(sizes.get(i));
      assertThat(plane.bytesUsed()).isLessThanOrEqualTo(plane.length());
      assertThat((long) plane.dataOffset())
          .satisfiesAnyOf(
              offset -> assertThat(offset).isZero(),
              offset -> assertThat(offset).isLessThan(plane.bytesUsed()));
    }
  }
}
