package org.dmabuf.video.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayList;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.ExportInfo;
import org.dmabuf.ExportPolicy;
import org.dmabuf.Holdings;
import org.dmabuf.StoreOps;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.video.queue.BufferStatus;
import org.dmabuf.video.queue.MemoryType;
import org.dmabuf.video.queue.QueueFencing;
import org.dmabuf.video.queue.QueueLimits;
import org.dmabuf.video.queue.QueueMemory;
import org.dmabuf.video.queue.QueueType;

/** A framework with a video device over a driver of the test, and a program that has it open. */
final class NodeRig implements AutoCloseable {
  static final long FRAME = 256;

  final DmaBufCore core = DmaBufCore.create();
  final DmaBufRegistry driver = core.open("video driver");
  final DmaBufRegistry exporter = core.open("exporter");
  final DmaBufRegistry program = core.open("program");
  final FileTable files = program.files();
  final VideoNode node;
  final int device;
  private final List<DmaBuf> handles = new ArrayList<>();

  NodeRig(NodeRole role, long periodNanos, FrameWorker worker) {
    this(role, periodNanos, new QueueLimits(1, 0, 8), worker);
  }

  NodeRig(NodeRole role, long periodNanos, QueueLimits limits, FrameWorker worker) {
    VideoNodeInfo info =
        new VideoNodeInfo(
            "video0",
            "test",
            role,
            VideoNodeInfo.Planes.SINGLE,
            List.of(VideoPixels.GREY),
            new SizeRange(16, 16, 16, 16),
            limits,
            QueueFencing.NONE,
            periodNanos,
            VideoNodeInfo.Holding.NONE);
    node =
        new VideoNode(
            driver,
            info,
            QueueMemory.vmalloc(driver, "videobuf2_vmalloc"),
            new NodeDriver() {
              @Override
              public List<ControlInfo> controls() {
                return List.of();
              }

              @Override
              public FrameWorker worker(Controls controls) {
                return worker;
              }
            });
    device = open();
  }

  int open() {
    return node.open(files, OpenFlags.O_RDWR);
  }

  void fencing(QueueType type, QueueFencing mode) {
    V4l2Ioctl.setFencing(files, device, type.number(), mode);
  }

  void request(QueueType type, MemoryType memory, int count) {
    request(device, type, memory, count);
  }

  void request(int file, QueueType type, MemoryType memory, int count) {
    V4l2Ioctl.requestBuffers(files, file, type.number(), memory.number(), count);
  }

  void queue(QueueType type, int index) {
    V4l2Ioctl.queue(files, device, V4l2Buffer.of(type, MemoryType.MMAP, index));
  }

  void queue(QueueType type, int index, DmaBuf buffer) {
    V4l2Ioctl.queue(files, device, dmabuf(type, index, buffer));
  }

  /** What a program says of a buffer in a dma-buf, for which it has a descriptor until the end. */
  V4l2Buffer dmabuf(QueueType type, int index, DmaBuf buffer) {
    int fd = program.fd(buffer.get(), files, true);
    return V4l2Buffer.of(type, MemoryType.DMABUF, index)
        .withDmabuf(fd)
        .withBytesUsed(type.isOutput() ? FRAME : 0);
  }

  void streamOn(QueueType type) {
    V4l2Ioctl.streamOn(files, device, type.number());
  }

  void streamOff(QueueType type) {
    V4l2Ioctl.streamOff(files, device, type.number());
  }

  BufferStatus dequeue(QueueType type) {
    return V4l2Ioctl.dequeue(files, device, type.number(), 0);
  }

  /** A buffer of an ordinary exporter, the program's. */
  DmaBuf allocate() {
    StoreOps ops = new StoreOps(exporter.allocate(4096, files.account()));
    try (DmaBuf made =
        exporter.export(ExportInfo.of("test-heap", 4096, ops, ExportPolicy.REVOKE))) {
      DmaBuf handle = program.adopt(made);
      handles.add(handle);
      return handle;
    }
  }

  static void refuses(Errno errno, ThrowingCallable call) {
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(call)
        .satisfies(thrown -> assertThat(thrown.errno()).as(thrown.getMessage()).isEqualTo(errno));
  }

  @Override
  public void close() {
    files.close();
    handles.forEach(DmaBuf::close);
    node.close();
    assertThat(program.holdings()).isEqualTo(new Holdings(0, 0, 0, 0, 0, 0));
    core.close();
  }
}
