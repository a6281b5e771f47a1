package org.dmabuf.importer.v4l2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.importer.v4l2.VideoRig.refuses;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.dmabuf.Attachment;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufOps;
import org.dmabuf.DmaDirection;
import org.dmabuf.Errno;
import org.dmabuf.ExportInfo;
import org.dmabuf.ExportPolicy;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.sg.SgTable;
import org.dmabuf.video.node.V4l2Buffer;
import org.dmabuf.video.node.V4l2FormatIoctl;
import org.dmabuf.video.node.V4l2Ioctl;
import org.dmabuf.video.queue.MemoryType;
import org.dmabuf.video.queue.QueueType;
import org.junit.jupiter.api.Test;

/** How devices attach to the dma-bufs that they are given, and until when. */
final class DmabufQueueTest {
  private static final QueueType TYPE = QueueType.CAPTURE;
  private static final long PAGE = 4096;

  @Test
  @Row({"V3", "E/8", "E/9"})
  void shouldAttachOnceAsLongAsTheBufferIsTheSame() {
    try (VideoRig rig = new VideoRig(TestedNode.CAPTURE_THAT_ATTACHES)) {
      CountingOps.Buffer buffer = rig.allocate(8192);
      CountingOps.Buffer other = rig.allocate(8192);
      rig.request(TYPE, MemoryType.DMABUF, 2);
      rig.streamOn(TYPE);
      for (int i = 0; i < 3; i++) {
        queue(rig, 0, buffer.fd());
        rig.dequeue(TYPE);
      }
      assertThat(buffer.ops().attached).hasValue(1);
      rig.streamOff(TYPE);
      assertThat(buffer.ops().detached).as("stays at its index").hasValue(0);
      queue(rig, 1, buffer.fd());
      assertThat(buffer.ops().attached).as("once for each index").hasValue(2);
      queue(rig, 0, other.fd());
      assertThat(buffer.ops().detached).as("another came").hasValue(1);
      rig.streamOff(TYPE);
      rig.request(TYPE, MemoryType.DMABUF, 2);
      assertThat(buffer.ops().detached).hasValue(2);
      assertThat(other.ops().detached).hasValue(1);
    }
  }

  @Test
  @Row({"V3", "L/21"})
  void shouldAttachAgainForAnotherLength() {
    try (VideoRig rig = new VideoRig(TestedNode.CAPTURE_THAT_ATTACHES)) {
      CountingOps.Buffer buffer = rig.allocate(16384);
      rig.request(TYPE, MemoryType.DMABUF, 2);
      queue(rig, 0, buffer.fd(), 16384);
      rig.streamOff(TYPE);
      queue(rig, 0, buffer.fd(), 0);
      rig.streamOff(TYPE);
      assertThat(buffer.ops().attached).hasValue(1);
      queue(rig, 0, buffer.fd(), 12288);
      assertThat(buffer.ops().attached).hasValue(2);
      assertThat(buffer.ops().detached).hasValue(1);
    }
  }

  @Test
  @Row("E/7")
  void shouldDropWhatTheIndexHeldWhenAQueueFails() {
    try (VideoRig rig = new VideoRig(TestedNode.CAPTURE_THAT_ATTACHES)) {
      CountingOps.Buffer buffer = rig.allocate(8192);
      rig.request(TYPE, MemoryType.DMABUF, 2);
      queue(rig, 0, buffer.fd());
      rig.streamOff(TYPE);
      refuses(Errno.EINVAL, () -> queue(rig, 0, -1));
      assertThat(buffer.ops().detached).hasValue(1);
      queue(rig, 0, buffer.fd());
      refuses(Errno.EINVAL, () -> queue(rig, 0, -1));
      assertThat(buffer.ops().detached).as("not dequeued").hasValue(1);
      rig.streamOff(TYPE);
      refuses(Errno.EFAULT, () -> queue(rig, 0, buffer.fd(), 12288));
      assertThat(buffer.ops().detached).hasValue(2);
    }
  }

  @Test
  @Row("E/9")
  void shouldNotAttachAtAllWhenItWorksByTheCpu() {
    try (VideoRig rig = new VideoRig(TestedNode.CAPTURE)) {
      CountingOps.Buffer buffer = rig.allocate(8192);
      rig.request(TYPE, MemoryType.DMABUF, 2);
      rig.streamOn(TYPE);
      queue(rig, 0, buffer.fd());
      rig.dequeue(TYPE);
      assertThat(buffer.ops().attached).hasValue(0);
      try (CpuMapping mapping = buffer.handle().mmap(0, 4096, false)) {
        assertThat(mapping.load(0)).isNotZero();
      }
    }
  }

  @Test
  @Row("E/8")
  void shouldLetGoWhenItsFileIsClosed() {
    try (VideoRig rig = new VideoRig(TestedNode.CAPTURE_THAT_ATTACHES)) {
      CountingOps.Buffer buffer = rig.allocate(8192);
      rig.request(TYPE, MemoryType.DMABUF, 2);
      queue(rig, 0, buffer.fd());
      rig.files.close(rig.device);
      assertThat(buffer.ops().detached).hasValue(1);
      int again = rig.open();
      assertThat(V4l2Ioctl.requestBuffers(rig.files, again, TYPE.number(), 1, 2)).isEqualTo(2);
    }
  }

  @Test
  @Row("V7")
  void shouldRefuseScatteredMemoryForADeviceThatNeedsOneRun() {
    try (VideoRig rig = new VideoRig(TestedNode.CAPTURE)) {
      VividCapture contiguous =
          new VividCapture(
              rig.driver,
              Configured.of(
                  VividCaptureConfig.class,
                  Map.of("dmabuf_node", "dma-contig", "memory", NodeMemory.CONTIGUOUS)));
      int device = contiguous.open(rig.files, OpenFlags.O_RDWR);
      V4l2FormatIoctl.set(rig.files, device, TYPE.number(), 16, 16, 0);
      V4l2Ioctl.requestBuffers(rig.files, device, TYPE.number(), 4, 2);
      int scattered = scattered(rig, 8192);
      refuses(Errno.EFAULT, () -> V4l2Ioctl.queue(rig.files, device, buffer(0, scattered, 0)));
      CountingOps.Buffer whole = rig.allocate(4096);
      V4l2Ioctl.queue(rig.files, device, buffer(0, whole.fd(), 0));
      assertThat(whole.ops().attached).hasValue(1);
      contiguous.stop();
      rig.files.close(scattered);
    }
  }

  /** A descriptor of a buffer whose pages lie in the wrong order. */
  private static int scattered(VideoRig rig, long bytes) {
    BackingStore store = rig.exporter.allocate(bytes, rig.files.account());
    DmaBufOps ops =
        new DmaBufOps() {
          @Override
          public SgTable map(Attachment attachment, DmaDirection direction) {
            SgTable table = store.table(direction.writes());
            List<SgTable.Entry> pages = new ArrayList<>();
            for (SgTable.Entry entry : table.entries()) {
              for (long at = 0; at < entry.length(); at += PAGE) {
                pages.add(
                    0, new SgTable.Entry(entry.address() + at, entry.segment().asSlice(at, PAGE)));
              }
            }
            return SgTable.of(pages, table::free);
          }

          @Override
          public void unmap(Attachment attachment, SgTable table, DmaDirection direction) {
            table.free();
          }

          @Override
          public void release() {
            store.close();
          }
        };
    DmaBuf made = rig.exporter.export(ExportInfo.of("scattered", bytes, ops, ExportPolicy.REVOKE));
    return rig.exporter.fd(made, rig.files, true);
  }

  private static void queue(VideoRig rig, int index, int fd) {
    queue(rig, index, fd, 0);
  }

  private static void queue(VideoRig rig, int index, int fd, long length) {
    rig.queue(buffer(index, fd, length));
  }

  private static V4l2Buffer buffer(int index, int fd, long length) {
    return V4l2Buffer.of(TYPE, MemoryType.DMABUF, index)
        .withPlanes(List.of(new V4l2Buffer.Plane(fd, 0, length, 0, 0)));
  }
}
