package org.dmabuf.video;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufOptions;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaClock;
import org.dmabuf.DmaDevice;
import org.dmabuf.Holdings;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.resv.Usage;
import org.dmabuf.video.node.CapturedBuffer;
import org.dmabuf.video.queue.QueueFencing;

/** A framework with an exporter, a capture driver over a source, and a program. */
final class Bench implements AutoCloseable {
  static final VideoDeviceInfo INFO =
      new VideoDeviceInfo("capture0", "test", "1.0.0", List.of(PixelFormat.GREY), 1, 16, 8192);

  /** A capture device that reaches past its addresses or breaks a lock's rule fails. */
  private static final DmaBufOptions DEBUGGED =
      DmaBufOptions.defaults().withWaitBound(Duration.ofSeconds(1)).withDebug(true);

  /** A driver as a bundle would have it: a source that may come and go. */
  static final class Driver implements CaptureDriver {
    volatile FrameSource source;

    Driver(FrameSource source) {
      this.source = source;
    }

    @Override
    public void check(VideoFormat asked) {}

    @Override
    public Capture capture(FrameTarget target) {
      FrameSource now = source;
      return now == null ? new Capture.NotReady("a source") : Capture.from(now, target);
    }
  }

  final DmaBufCore core;
  final DmaBufRegistry exporter;
  final DmaBufRegistry capture;
  final DmaBufRegistry program;
  final List<TestHeap.Buffer> buffers = new ArrayList<>();
  Driver driver;
  CaptureDevice device;
  Camera file;

  private Bench(DmaBufCore core, FrameSource source, DmaDevice dma) {
    this.core = core;
    this.exporter = core.open("exporter");
    this.capture = core.open("capture");
    this.program = core.open("program");
    this.driver = new Driver(source);
    this.device = new CaptureDevice(capture, INFO, dma, driver);
    this.file = new Camera(device, program.files());
  }

  static Bench over(FrameSource source) {
    return over(source, DmaDevice.named("capture0"));
  }

  static Bench over(FrameSource source, DmaClock clock) {
    return new Bench(
        DmaBufCore.create(DEBUGGED.withClock(clock)), source, DmaDevice.named("capture0"));
  }

  static Bench over(FrameSource source, DmaDevice dma) {
    return new Bench(DmaBufCore.create(DEBUGGED), source, dma);
  }

  /** Sets the format and requests buffers, of which as many are allocated. */
  Bench withBuffers(int count, QueueFencing fencing) {
    file.setFormat(TestSource.FORMAT);
    file.setFencing(fencing);
    file.requestBuffers(count);
    for (int i = 0; i < count; i++) {
      allocate(file.layout().size());
    }
    return this;
  }

  /** As {@link #withBuffers}, all of them queued, and streaming. */
  Bench streaming(int count, QueueFencing fencing) {
    withBuffers(count, fencing);
    for (int i = 0; i < count; i++) {
      queue(i);
    }
    file.streamOn();
    return this;
  }

  TestHeap.Buffer allocate(long bytes) {
    TestHeap.Buffer buffer = TestHeap.allocate(exporter, program, bytes);
    buffers.add(buffer);
    return buffer;
  }

  void queue(int index) {
    file.queue(index, fd(index));
  }

  int fd(int buffer) {
    return buffers.get(buffer).fd();
  }

  DmaResv resv(int buffer) {
    return buffers.get(buffer).handle().resv();
  }

  /** The one fence that a buffer's writer has left in its reservation. */
  DmaFence writeFence(int buffer) {
    return resv(buffer).entries().stream()
        .filter(entry -> entry.usage() == Usage.WRITE)
        .map(DmaResv.Entry::fence)
        .toList()
        .getLast();
  }

  CapturedBuffer next() {
    return file.dequeue(Duration.ofSeconds(10));
  }

  Holdings holdings() {
    return program.holdings();
  }

  /** Gives back what the program has. */
  void giveBuffersBack() {
    for (TestHeap.Buffer buffer : buffers) {
      program.files().close(buffer.fd());
      buffer.handle().close();
    }
    buffers.clear();
  }

  @Override
  public void close() {
    file.close();
    device.close();
    giveBuffersBack();
    core.close();
    assertThat(program.violations()).isEmpty();
  }
}
