package org.dmabuf.importer.v4l2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.importer.v4l2.VideoRig.refuses;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.dmabuf.CpuMapping;
import org.dmabuf.Errno;
import org.dmabuf.file.MmapFlags;
import org.dmabuf.file.PollEvents;
import org.dmabuf.video.node.V4l2Buffer;
import org.dmabuf.video.node.V4l2Ioctl;
import org.dmabuf.video.queue.BufferFlag;
import org.dmabuf.video.queue.BufferStatus;
import org.dmabuf.video.queue.MemoryType;
import org.dmabuf.video.queue.PlaneStatus;
import org.dmabuf.video.queue.QueueType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What v4l2-compliance asserts of streams, by its names, on every video device here. */
final class ComplianceStreamingTest {
  private static final int BUFFERS = 4;
  private static final int FRAMES = 12;

  @ParameterizedTest
  @EnumSource(TestedNode.class)
  @Row({"V1", "V5", "E/11"})
  void testStreaming(TestedNode kind) {
    try (VideoRig rig = new VideoRig(kind)) {
      for (QueueType type : kind.queues()) {
        refuses(Errno.EINVAL, () -> rig.streamOn(type));
        rig.streamOff(type);
        refuses(Errno.EINVAL, () -> V4l2Ioctl.streamOn(rig.files, rig.device, 0xff));
        rig.request(type, MemoryType.MMAP, BUFFERS);
        refuses(Errno.EINVAL, () -> V4l2Ioctl.dequeue(rig.files, rig.device, type.number(), 1));
        rig.streamOn(type);
        rig.streamOn(type);
        refuses(Errno.EBUSY, () -> rig.request(type, MemoryType.MMAP, 0));
        refuses(Errno.EBUSY, () -> rig.request(type, MemoryType.MMAP, 2));
        rig.nonBlocking();
        refuses(Errno.EAGAIN, () -> V4l2Ioctl.dequeue(rig.files, rig.device, type.number(), 1));
        rig.queue(rig.mmap(type, 0));
        rig.streamOff(type);
        rig.streamOff(type);
        assertThat(rig.query(type, 0).flags())
            .doesNotContain(BufferFlag.QUEUED, BufferFlag.DONE, BufferFlag.PREPARED);
        refuses(Errno.EINVAL, () -> V4l2Ioctl.dequeue(rig.files, rig.device, type.number(), 1));
      }
      stream(rig, kind, MemoryType.MMAP, rig::mmap);
    }
  }

  @ParameterizedTest
  @EnumSource(TestedNode.class)
  void testMmap(TestedNode kind) {
    try (VideoRig rig = new VideoRig(kind)) {
      List<CpuMapping> mappings = new ArrayList<>();
      stream(
          rig,
          kind,
          MemoryType.MMAP,
          (type, index) -> {
            for (PlaneStatus plane : rig.query(type, index).planes()) {
              mappings.add(
                  rig.files.mmap(
                      rig.device,
                      plane.length(),
                      plane.offset(),
                      MmapFlags.PROT_READ | MmapFlags.PROT_WRITE,
                      MmapFlags.MAP_SHARED));
            }
            return rig.mmap(type, index);
          });
      assertThat(mappings).isNotEmpty();
      mappings.forEach(CpuMapping::close);
    }
  }

  @ParameterizedTest
  @EnumSource(TestedNode.class)
  @Row({"V2", "V3", "E/6", "E/8"})
  void testDmaBuf(TestedNode kind) {
    try (VideoRig rig = new VideoRig(kind)) {
      for (QueueType type : kind.queues()) {
        rig.request(type, MemoryType.DMABUF, BUFFERS);
        refuses(Errno.EINVAL, () -> rig.queue(rig.mmap(type, 0)));
        refuses(
            Errno.EINVAL,
            () ->
                rig.queue(
                    V4l2Buffer.of(type, MemoryType.DMABUF, 0)
                        .withPlanes(
                            rig.dmabuf(type, 0).planes().stream()
                                .map(plane -> V4l2Buffer.Plane.of(-1))
                                .toList())));
        rig.request(type, MemoryType.DMABUF, 0);
      }
      stream(rig, kind, MemoryType.DMABUF, rig::dmabuf);
    }
  }

  @ParameterizedTest
  @EnumSource(TestedNode.class)
  void testUserPtr(TestedNode kind) {
    try (Arena arena = Arena.ofShared();
        VideoRig rig = new VideoRig(kind)) {
      List<QueueType> types = kind.queues();
      for (QueueType type : types) {
        rig.request(type, MemoryType.USERPTR, BUFFERS);
        refuses(
            Errno.EINVAL,
            () ->
                rig.queue(
                    V4l2Buffer.of(type, MemoryType.USERPTR, 0)
                        .withPlanes(rig.mmap(type, 0).planes())));
      }
      for (int i = 0; i < BUFFERS; i++) {
        for (QueueType type : types) {
          queueUser(rig, arena, type, i);
        }
      }
      types.forEach(rig::streamOn);
      for (QueueType type : types) {
        int comes = type.isOutput() && kind.holds() ? BUFFERS - 1 : BUFFERS;
        for (int i = 0; i < comes; i++) {
          BufferStatus status = rig.dequeue(type);
          assertThat(status.index()).isEqualTo(i);
          assertThat(status.is(BufferFlag.ERROR)).isFalse();
        }
      }
    }
  }

  private static void queueUser(VideoRig rig, Arena arena, QueueType type, int index) {
    List<Long> sizes = rig.format(type).sizes();
    long all = sizes.stream().mapToLong(Long::longValue).sum();
    MemorySegment memory = arena.allocate(V4l2Ioctl.USER_HEAD + all, 8);
    long at = memory.address() + V4l2Ioctl.USER_HEAD;
    List<V4l2Buffer.Plane> planes = new ArrayList<>();
    for (long size : sizes) {
      planes.add(new V4l2Buffer.Plane(0, at, size, VideoRig.used(type, size), 0));
      at += size;
    }
    V4l2Buffer buffer = V4l2Buffer.of(type, MemoryType.USERPTR, index).withPlanes(planes);
    V4l2Ioctl.queue(rig.files, rig.device, buffer, memory);
  }

  @ParameterizedTest
  @EnumSource(TestedNode.class)
  @Row("E/11")
  void testBlockingWait(TestedNode kind) {
    try (VideoRig rig = new VideoRig(kind)) {
      for (QueueType type : kind.queues()) {
        rig.request(type, MemoryType.MMAP, 2);
        for (int i = 0; i < 2; i++) {
          V4l2Ioctl.prepare(rig.files, rig.device, rig.mmap(type, i));
        }
        rig.streamOn(type);
        rig.streamOff(type);
        for (int i = 0; i < 2; i++) {
          assertThat(rig.query(type, i).flags()).doesNotContain(BufferFlag.PREPARED);
          V4l2Ioctl.prepare(rig.files, rig.device, rig.mmap(type, i));
        }
        rig.request(type, MemoryType.MMAP, 0);
      }
    }
  }

  /** Streams through all queues of a device, each buffer again as soon as it is done. */
  private static void stream(
      VideoRig rig,
      TestedNode kind,
      MemoryType memory,
      BiFunction<QueueType, Integer, V4l2Buffer> buffers) {
    List<List<V4l2Buffer>> said = new ArrayList<>();
    for (QueueType type : kind.queues()) {
      assertThat(rig.request(type, memory, BUFFERS)).isEqualTo(BUFFERS);
      List<V4l2Buffer> ofType = new ArrayList<>();
      for (int i = 0; i < BUFFERS; i++) {
        V4l2Buffer buffer = buffers.apply(type, i);
        ofType.add(buffer);
        rig.queue(buffer);
        refuses(Errno.EINVAL, () -> rig.queue(buffer));
      }
      said.add(ofType);
    }
    kind.queues().forEach(rig::streamOn);
    for (int frame = 0; frame < FRAMES; frame++) {
      for (int q = 0; q < said.size(); q++) {
        QueueType type = kind.queues().get(q);
        BufferStatus status = rig.dequeue(type);
        ComplianceBufferTest.check(status, rig.format(type).sizes());
        assertThat(status.index()).isEqualTo(frame % BUFFERS);
        assertThat(status.sequence()).isEqualTo(frame);
        assertThat(status.is(BufferFlag.DONE)).isFalse();
        assertThat(status.is(BufferFlag.ERROR)).isFalse();
        if (!type.isOutput()) {
          for (int i = 0; i < status.planes().size(); i++) {
            assertThat(status.planes().get(i).bytesUsed())
                .isEqualTo(rig.format(type).sizes().get(i));
          }
        }
        rig.queue(said.get(q).get(status.index()));
      }
    }
    for (QueueType type : kind.queues()) {
      rig.streamOff(type);
      assertThat(rig.files.poll(rig.device, event(type))).isEqualTo(PollEvents.POLLERR);
      for (int i = 0; i < BUFFERS; i++) {
        assertThat(rig.query(type, i).is(BufferFlag.QUEUED)).isFalse();
      }
      assertThat(rig.request(type, memory, 0)).isZero();
    }
  }

  private static int event(QueueType type) {
    return type.isOutput() ? PollEvents.POLLOUT : PollEvents.POLLIN;
  }
}
