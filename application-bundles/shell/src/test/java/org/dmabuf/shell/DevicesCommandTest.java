package org.dmabuf.shell;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaDevice;
import org.dmabuf.Errno;
import org.dmabuf.display.Mode;
import org.dmabuf.display.kms.DisplayDevice;
import org.dmabuf.display.kms.KmsDevice;
import org.dmabuf.display.kms.KmsInfo;
import org.dmabuf.file.FileTable;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.heap.HeapDevice;
import org.dmabuf.heap.udmabuf.UdmabufDevice;
import org.dmabuf.heap.udmabuf.UdmabufItem;
import org.dmabuf.negotiation.BufferExporter;
import org.dmabuf.video.Capture;
import org.dmabuf.video.CaptureDevice;
import org.dmabuf.video.CaptureDriver;
import org.dmabuf.video.ConverterDevice;
import org.dmabuf.video.FrameSource;
import org.dmabuf.video.FrameTarget;
import org.dmabuf.video.SourceInfo;
import org.dmabuf.video.VideoDevice;
import org.dmabuf.video.VideoDeviceInfo;
import org.dmabuf.video.VideoFormat;
import org.dmabuf.video.node.ControlInfo;
import org.dmabuf.video.node.Controls;
import org.dmabuf.video.node.FrameWorker;
import org.dmabuf.video.node.NodeDriver;
import org.dmabuf.video.queue.FrameResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class DevicesCommandTest {
  private final Rig rig = new Rig();
  private final DevicesCommand command = new DevicesCommand(rig, rig.shell);

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void shouldSayWhatIsMissingAndHowToGetIt() {
    assertThat(command.devices().lines())
        .containsExactly(
            "ROLE  NAME  DRIVER  STATE  FORMATS",
            "    There is no exporter.",
            "    There is no frame source.",
            "    There is no capture device.",
            "    There is no display.",
            "    They come with a configuration: 'pipeline start' makes one of each.");
  }

  @Test
  void shouldTellDriversStatesAndFormats() {
    VideoDeviceInfo info =
        new VideoDeviceInfo(
            "capture0", "v4l2", "1.0.1", List.of(PixelFormat.NV12, PixelFormat.GREY), 64, 16, 8192);
    KmsInfo screen =
        new KmsInfo(
            "display0",
            List.of(PixelFormat.NV12),
            1,
            4096,
            List.of(new KmsInfo.Screen(List.of(new Mode(640, 480, 60_000)), 0, false, false)),
            Set.of());
    VideoDeviceInfo scaler =
        new VideoDeviceInfo("convert0", "v4l2", "1.0.1", List.of(PixelFormat.GREY), 64, 16, 8192);
    try (CaptureDevice capture =
            new CaptureDevice(rig.camera, info, DmaDevice.named("capture0"), new NoCamera());
        ConverterDevice converter =
            new ConverterDevice(rig.camera, scaler, DmaDevice.named("convert0"), new NoScaler());
        KmsDevice display = KmsDevice.start(rig.shell, screen);
        DmaBuf buffer = rig.camera.get(rig.allocate(rig.camera));
        Attachment attachment = buffer.attach(DmaDevice.named("capture0"))) {
      rig.offer(HeapDevice.class, "test.heap 1.0.0", "system", rig.heap)
          .offer(UdmabufDevice.class, "test.memory 1.0.0", "udmabuf", new NoMemoryFiles())
          .offer(BufferExporter.class, "test.heap 1.0.0", "system", (spec, caller) -> buffer)
          .offer(BufferExporter.class, "test.vram 1.0.0", "vram", (spec, caller) -> buffer)
          .offer(FrameSource.class, "test.media 1.0.0", "clip", new Clip())
          .offer(VideoDevice.class, "test.v4l2 1.0.1", "capture0", capture)
          .offer(VideoDevice.class, "test.v4l2 1.0.1", "convert0", converter)
          .offer(DisplayDevice.class, "test.display 1.0.0", "display0", display);

      List<String> lines =
          command.devices().lines().map(line -> line.replaceAll(" +", " ")).toList();

      assertThat(attachment.device().name()).isEqualTo("capture0");
      assertThat(lines)
          .startsWith(
              "ROLE NAME DRIVER STATE FORMATS",
              "exporter system test.heap 1.0.0 1 buffer, 16.0 KiB any",
              "exporter udmabuf test.memory 1.0.0 0 buffers, 0 B any",
              "exporter vram test.vram 1.0.0 0 buffers, 0 B any",
              "source clip test.media 1.0.0 at frame 7 of 50 NV12 320x240 30000/1001/s",
              "capture capture0 test.v4l2 1.0.1 1 buffer attached NV12 GREY",
              "converter convert0 test.v4l2 1.0.1 no buffers GREY")
          .hasSize(8);
      assertThat(lines.getLast())
          .matches("display display0 test.display 1.0.0 no buffers, is idle since \\d+ ms NV12");
    }
  }

  private static final class NoCamera implements CaptureDriver {
    @Override
    public void check(VideoFormat asked) {}

    @Override
    public Capture capture(FrameTarget target) {
      return new Capture.End();
    }
  }

  private static final class NoScaler implements NodeDriver {
    @Override
    public List<ControlInfo> controls() {
      return List.of();
    }

    @Override
    public FrameWorker worker(Controls controls) {
      return job -> FrameResult.Outcome.ERROR;
    }
  }

  private static final class Clip implements FrameSource {
    @Override
    public SourceInfo info() {
      return new SourceInfo(
          "clip",
          PixelFormat.NV12,
          320,
          240,
          30000,
          1001,
          OptionalLong.of(50),
          false,
          Optional.empty());
    }

    @Override
    public OptionalLong read(FrameTarget target) {
      return OptionalLong.empty();
    }

    @Override
    public void delivered(long index) {}

    @Override
    public long position() {
      return 7;
    }

    @Override
    public long dropped() {
      return 0;
    }
  }

  private static final class NoMemoryFiles implements UdmabufDevice {
    @Override
    public int createList(FileTable caller, List<UdmabufItem> items, int flags) {
      throw new DmaBufException(Errno.EBADFD, "No memory file is known here");
    }

    @Override
    public int listLimit() {
      return 1;
    }
  }
}
