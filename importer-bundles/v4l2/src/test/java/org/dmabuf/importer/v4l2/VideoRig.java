package org.dmabuf.importer.v4l2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.Holdings;
import org.dmabuf.file.DeviceNode;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.file.PollEvents;
import org.dmabuf.file.PollFd;
import org.dmabuf.video.node.V4l2Buffer;
import org.dmabuf.video.node.V4l2Format;
import org.dmabuf.video.node.V4l2FormatIoctl;
import org.dmabuf.video.node.V4l2Ioctl;
import org.dmabuf.video.queue.BufferStatus;
import org.dmabuf.video.queue.MemoryType;
import org.dmabuf.video.queue.QueueType;

/** A framework with a video device and a program that has it open. */
final class VideoRig implements AutoCloseable {
  private static final int FLAGS = OpenFlags.O_RDWR | OpenFlags.O_CLOEXEC;
  static final int WIDTH = 64;
  static final int HEIGHT = 48;

  final DmaBufCore core = DmaBufCore.create();
  final DmaBufRegistry driver = core.open("video driver");
  final DmaBufRegistry exporter = core.open("exporter");
  final DmaBufRegistry program = core.open("program");
  final FileTable files = program.files();
  final DeviceNode node;
  final int device;
  private final List<CountingOps.Buffer> buffers = new ArrayList<>();

  VideoRig(TestedNode kind) {
    node = kind.make(driver);
    device = open();
    for (QueueType type : kind.queues()) {
      setSize(type, WIDTH, HEIGHT);
    }
  }

  int open() {
    return node.open(files, FLAGS);
  }

  /** Sets a size, in the format that is set. */
  V4l2Format setSize(QueueType type, int width, int height) {
    int fourcc = format(type).fourcc();
    return V4l2FormatIoctl.set(files, device, type.number(), width, height, fourcc);
  }

  V4l2Format format(QueueType type) {
    return V4l2FormatIoctl.get(files, device, type.number());
  }

  int request(QueueType type, MemoryType memory, int count) {
    return V4l2Ioctl.requestBuffers(files, device, type.number(), memory.number(), count);
  }

  /** What a program says of a buffer of the device's own memory. */
  V4l2Buffer mmap(QueueType type, int index) {
    return V4l2Buffer.of(type, MemoryType.MMAP, index)
        .withPlanes(Collections.nCopies(planes(type), V4l2Buffer.Plane.NONE));
  }

  int planes(QueueType type) {
    return format(type).sizes().size();
  }

  /** A buffer that suits a plane. */
  CountingOps.Buffer allocate(long bytes) {
    CountingOps.Buffer buffer = CountingOps.make(exporter, program, files, bytes);
    buffers.add(buffer);
    return buffer;
  }

  /** What a program says of a buffer of dma-bufs, which are made. */
  V4l2Buffer dmabuf(QueueType type, int index) {
    List<V4l2Buffer.Plane> planes = new ArrayList<>();
    for (long size : format(type).sizes()) {
      long bytes = pages(size);
      planes.add(new V4l2Buffer.Plane(allocate(bytes).fd(), 0, bytes, used(type, size), 0));
    }
    return V4l2Buffer.of(type, MemoryType.DMABUF, index).withPlanes(planes);
  }

  static long used(QueueType type, long size) {
    return type.isOutput() ? size : 0;
  }

  static long pages(long bytes) {
    return Math.ceilDiv(bytes, 4096) * 4096;
  }

  void queue(V4l2Buffer buffer) {
    V4l2Ioctl.queue(files, device, buffer);
  }

  void streamOn(QueueType type) {
    V4l2Ioctl.streamOn(files, device, type.number());
  }

  void streamOff(QueueType type) {
    V4l2Ioctl.streamOff(files, device, type.number());
  }

  BufferStatus query(QueueType type, int index) {
    return V4l2Ioctl.query(files, device, type.number(), index);
  }

  /** Takes a finished buffer back, waiting for it by a poll. */
  BufferStatus dequeue(QueueType type) {
    int event = type.isOutput() ? PollEvents.POLLOUT : PollEvents.POLLIN;
    PollFd one = new PollFd(device, event);
    files.poll(List.of(one), Duration.ofSeconds(10));
    assertThat(one.revents()).as("poll of %s", type).isEqualTo(event);
    return V4l2Ioctl.dequeue(files, device, type.number(), 0);
  }

  void nonBlocking() {
    files.control().setFlags(device, OpenFlags.O_NONBLOCK);
  }

  static void refuses(Errno errno, ThrowingCallable call) {
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(call)
        .satisfies(thrown -> assertThat(thrown.errno()).as(thrown.getMessage()).isEqualTo(errno));
  }

  Holdings holdings() {
    return program.holdings();
  }

  /** Gives back what the program has but its files. */
  void giveBuffersBack() {
    for (CountingOps.Buffer buffer : buffers) {
      files.close(buffer.fd());
      buffer.handle().close();
    }
    buffers.clear();
  }

  @Override
  public void close() {
    giveBuffersBack();
    files.close();
    TestedNode.stop(node);
    assertThat(program.holdings()).isEqualTo(new Holdings(0, 0, 0, 0, 0, 0));
    core.close();
  }
}
