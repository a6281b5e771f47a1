package org.dmabuf.importer.v4l2;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.dmabuf.CpuMapping;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.format.Fourcc;
import org.dmabuf.memory.Transfer;
import org.dmabuf.video.node.ControlId;
import org.dmabuf.video.node.V4l2Buffer;
import org.dmabuf.video.node.V4l2ControlIoctl;
import org.dmabuf.video.node.V4l2Format;
import org.dmabuf.video.node.V4l2FormatIoctl;
import org.dmabuf.video.node.V4l2Ioctl;
import org.dmabuf.video.queue.BufferStatus;
import org.dmabuf.video.queue.MemoryType;
import org.dmabuf.video.queue.QueueType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What devices write, show and make of each other's frames, in buffers that they share. */
final class FramesTest {
  private static final int SIDE = 64;
  private static final int WHITE = 3;

  @ParameterizedTest
  @ValueSource(strings = {"YUYV", "UYVY", "RGBP", "RGB3", "XR24", "AR24", "GREY", "NV12", "YU12"})
  void shouldConvertWhatWasCapturedToEveryFormatWithoutACopy(String code) {
    try (VideoRig rig = new VideoRig(TestedNode.CONVERTER)) {
      VividCapture camera =
          new VividCapture(rig.driver, Configured.of(VividCaptureConfig.class, Map.of()));
      int capture = camera.open(rig.files, OpenFlags.O_RDWR);
      V4l2ControlIoctl.set(rig.files, capture, ControlId.TEST_PATTERN, WHITE);
      V4l2FormatIoctl.set(rig.files, capture, 1, SIDE, SIDE, Fourcc.of("NV12"));
      V4l2FormatIoctl.set(rig.files, rig.device, 2, SIDE, SIDE, Fourcc.of("NV12"));
      V4l2Format to =
          V4l2FormatIoctl.set(rig.files, rig.device, 1, SIDE / 2, SIDE / 2, Fourcc.of(code));
      final long before = rig.program.meter().get(Transfer.COPIED);

      CountingOps.Buffer captured = rig.allocate(8192);
      CountingOps.Buffer converted = rig.allocate(VideoRig.pages(to.sizes().getFirst()));
      V4l2Ioctl.requestBuffers(rig.files, capture, 1, MemoryType.DMABUF.number(), 2);
      V4l2Ioctl.queue(rig.files, capture, dmabuf(QueueType.CAPTURE, captured.fd()));
      V4l2Ioctl.streamOn(rig.files, capture, 1);
      V4l2Ioctl.dequeue(rig.files, capture, 1, 0);

      rig.request(QueueType.OUTPUT, MemoryType.DMABUF, 1);
      rig.request(QueueType.CAPTURE, MemoryType.DMABUF, 1);
      rig.queue(dmabuf(QueueType.OUTPUT, captured.fd()).withBytesUsed(6144).withTimestamp(7000));
      rig.queue(dmabuf(QueueType.CAPTURE, converted.fd()));
      rig.streamOn(QueueType.OUTPUT);
      rig.streamOn(QueueType.CAPTURE);
      rig.dequeue(QueueType.OUTPUT);
      BufferStatus made = rig.dequeue(QueueType.CAPTURE);
      assertThat(made.timestampNanos()).isEqualTo(7000);
      assertThat(made.planes().getFirst().bytesUsed()).isEqualTo(to.sizes().getFirst());
      assertThat(pixel(converted, 5, code)).isEqualTo(whiteOf(code));
      assertThat(rig.program.meter().get(Transfer.COPIED)).isEqualTo(before);
      camera.stop();
    }
  }

  /** The first bytes of a row that is white. */
  private static String whiteOf(String code) {
    return switch (code) {
      case "YUYV" -> "235 128 235 128";
      case "UYVY" -> "128 235 128 235";
      case "GREY", "NV12", "YU12" -> "235 235 235 235";
      default -> "255 255 255 255";
    };
  }

  private static String pixel(CountingOps.Buffer buffer, int y, String code) {
    int pitch = SIDE / 2 * (code.equals("XR24") || code.equals("AR24") ? 4 : 1);
    try (CpuMapping mapping = buffer.handle().mmap(0, 4096, false)) {
      int at = y * pitch / 4 * 4;
      return "%d %d %d %d"
          .formatted(
              mapping.load(at), mapping.load(at + 1), mapping.load(at + 2), mapping.load(at + 3));
    }
  }

  private static V4l2Buffer dmabuf(QueueType type, int fd) {
    return V4l2Buffer.of(type, MemoryType.DMABUF, 0).withDmabuf(fd);
  }

  @ParameterizedTest
  @CsvSource({"false, 3", "true, 3"})
  void shouldRecordEachFrameThatItIsGivenWithoutPadding(
      boolean holds, int frames, @TempDir Path folder) throws Exception {
    Path file = folder.resolve("frames.raw");
    try (VideoRig rig = new VideoRig(TestedNode.CAPTURE)) {
      VividOutput screen =
          new VividOutput(
              rig.driver,
              Configured.of(
                  VividOutputConfig.class, Map.of("record", file.toString(), "hold", holds)));
      int output = screen.open(rig.files, OpenFlags.O_RDWR);
      int type = QueueType.OUTPUT.number();
      V4l2FormatIoctl.set(rig.files, output, type, 16, 16, Fourcc.of("GREY"), 32);
      V4l2Ioctl.requestBuffers(rig.files, output, type, MemoryType.MMAP.number(), frames);
      for (int i = 0; i < frames; i++) {
        long offset = V4l2Ioctl.query(rig.files, output, type, i).planes().getFirst().offset();
        try (CpuMapping mapping = rig.files.mmap(output, 4096, offset, 3, 1)) {
          for (int at = 0; at < 32 * 16; at++) {
            mapping.store(at, at % 32 < 16 ? i + 1 : 99);
          }
        }
        V4l2Ioctl.queue(rig.files, output, V4l2Buffer.of(QueueType.OUTPUT, MemoryType.MMAP, i));
      }
      V4l2Ioctl.streamOn(rig.files, output, type);
      for (int i = 0; i < (holds ? frames - 1 : frames); i++) {
        assertThat(V4l2Ioctl.dequeue(rig.files, output, type, 0).index()).isEqualTo(i);
      }
      screen.stop();
    }
    byte[] recorded = Files.readAllBytes(file);
    assertThat(recorded).hasSize(frames * 256);
    for (int at = 0; at < recorded.length; at++) {
      assertThat(recorded[at]).isEqualTo((byte) (at / 256 + 1));
    }
  }

  @Test
  void shouldCaptureWithSeveralDevicesAtOnce() {
    try (VideoRig rig = new VideoRig(TestedNode.CAPTURE_WITH_A_RATE)) {
      VividCapture other =
          new VividCapture(
              rig.driver,
              Configured.of(
                  VividCaptureConfig.class, Map.of("dmabuf_node", "video1", "rate", 500.0)));
      int second = other.open(rig.files, OpenFlags.O_RDWR);
      for (int device : new int[] {rig.device, second}) {
        V4l2Ioctl.requestBuffers(rig.files, device, 1, MemoryType.MMAP.number(), 2);
        V4l2Ioctl.queue(rig.files, device, V4l2Buffer.of(QueueType.CAPTURE, MemoryType.MMAP, 0));
        V4l2Ioctl.streamOn(rig.files, device, 1);
      }
      for (int frame = 0; frame < 5; frame++) {
        for (int device : new int[] {second, rig.device}) {
          BufferStatus status = V4l2Ioctl.dequeue(rig.files, device, 1, 0);
          assertThat(status.sequence()).isEqualTo(frame);
          V4l2Ioctl.queue(rig.files, device, V4l2Buffer.of(QueueType.CAPTURE, MemoryType.MMAP, 0));
        }
      }
      other.stop();
    }
  }
}
