package org.dmabuf.pipeline.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.display.Mode;
import org.dmabuf.display.kms.KmsDevice;
import org.dmabuf.display.kms.KmsInfo;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.pipeline.Rate;
import org.dmabuf.video.Capture;
import org.dmabuf.video.CaptureDevice;
import org.dmabuf.video.CaptureDriver;
import org.dmabuf.video.FrameTarget;
import org.dmabuf.video.VideoDeviceInfo;
import org.dmabuf.video.VideoFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A driver that left while the pipeline gave its buffers back made the whole pipeline fail. */
class DeviceGoneBetweenCallsTest {
  private static final Settings SETTINGS =
      new Settings(
          "test",
          PixelFormat.GREY,
          64,
          48,
          Rate.parse("max"),
          3,
          Long.MAX_VALUE,
          Long.MAX_VALUE,
          Settings.OnError.CONTINUE,
          true,
          false,
          Optional.empty(),
          Optional.empty(),
          1,
          1,
          Optional.empty(),
          Optional.empty());

  private final DmaBufCore core = DmaBufCore.create();
  private final DmaBufRegistry driver = core.open("driver");
  private final DmaBufRegistry pipeline = core.open("pipeline");

  /** Waits for a source that never comes. */
  private static final class Idle implements CaptureDriver {
    @Override
    public void check(VideoFormat asked) {}

    @Override
    public Capture capture(FrameTarget target) {
      return new Capture.NotReady("a source");
    }
  }

  @AfterEach
  void close() {
    core.close();
  }

  @Test
  void captureThatLeftIsFoundGoneWhenItsBuffersAreFreed() {
    CaptureDevice device =
        new CaptureDevice(
            driver,
            new VideoDeviceInfo("cam", "test", "1", List.of(PixelFormat.GREY), 64, 16, 1024),
            DmaDevice.named("cam"),
            new Idle());
    CaptureStage stage = new CaptureStage(device, SETTINGS, pipeline.files(), 1, () -> {});
    Buffers buffers = TestExporter.buffers(core, pipeline, device);
    stage.use(buffers);
    device.close();
    stage.free();
    assertThat(stage.state()).isEqualTo(CaptureStage.State.GONE);
    stage.end();
    stage.close();
    buffers.close();
  }

  @Test
  void displayThatLeftIsFoundGoneWhenItsFramebuffersAreDropped() {
    KmsDevice device =
        KmsDevice.start(
            driver,
            new KmsInfo(
                "screen",
                List.of(PixelFormat.GREY),
                16,
                1024,
                List.of(new KmsInfo.Screen(List.of(new Mode(64, 48, 60_000)), 0, false, false)),
                Set.of()));
    DisplayStage stage =
        new DisplayStage(
            device, SETTINGS, pipeline.files(), (cookie, layout, view) -> {}, () -> {});
    Buffers buffers = TestExporter.buffers(core, pipeline, device);
    stage.prepare(buffers);
    device.close();
    stage.dropFramebuffers();
    assertThat(stage.state()).isEqualTo(DisplayStage.State.GONE);
    stage.close();
    buffers.close();
  }
}
