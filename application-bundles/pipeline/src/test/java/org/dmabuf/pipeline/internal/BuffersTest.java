package org.dmabuf.pipeline.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.Errno;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.negotiation.ExporterOffer;
import org.dmabuf.negotiation.FormatTable;
import org.dmabuf.negotiation.ImporterNeeds;
import org.dmabuf.negotiation.SizeLimits;
import org.dmabuf.video.Capture;
import org.dmabuf.video.CaptureDevice;
import org.dmabuf.video.CaptureDriver;
import org.dmabuf.video.FrameTarget;
import org.dmabuf.video.VideoDeviceInfo;
import org.dmabuf.video.VideoFormat;
import org.dmabuf.video.node.V4l2Client;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A pipeline's buffers suit all its devices. */
class BuffersTest {
  private final DmaBufCore core = DmaBufCore.create();
  private final DmaBufRegistry driver = core.open("driver");
  private final DmaBufRegistry pipeline = core.open("pipeline");

  private static ImporterNeeds screen(int pitchAlign) {
    return ImporterNeeds.of(DmaDevice.named("screen"))
        .withPixels(FormatTable.ANY, pitchAlign, SizeLimits.NONE);
  }

  private static final class NoSource implements CaptureDriver {
    @Override
    public void check(VideoFormat asked) {}

    @Override
    public Capture capture(FrameTarget target) {
      return new Capture.NotReady("a source");
    }
  }

  @AfterEach
  void close() {
    assertThat(pipeline.holdings().buffers()).isZero();
    core.close();
  }

  @Test
  void shouldHaveRowsThatSuitTheStricterOfTwoDevices() {
    CaptureDevice camera =
        new CaptureDevice(
            driver,
            new VideoDeviceInfo("cam", "test", "1", List.of(PixelFormat.GREY), 64, 16, 1024),
            DmaDevice.named("cam"),
            new NoSource());
    try (Buffers buffers = TestExporter.buffers(core, pipeline, camera, screen(256));
        V4l2Client file = V4l2Client.open(camera, pipeline.files())) {
      assertThat(buffers.count()).isEqualTo(TestExporter.COUNT);
      assertThat(buffers.layout()).isEqualTo(FrameLayout.of(PixelFormat.GREY, 64, 48, 256));
      assertThat(file.setLayout(PixelFormat.GREY, 64, 48, buffers.pitchAlign()))
          .as("the camera writes such rows")
          .isEqualTo(buffers.layout());
    }
    camera.close();
  }

  @Test
  void shouldTakeTheNextExportersWhenOneIsFull() {
    TestExporter.offer(core, Map.of("dmabuf.exporter", "plenty", "dmabuf.cost", 5));
    core.catalog()
        .add(
            ExporterOffer.of(Map.of("dmabuf.exporter", "full")),
            (spec, caller) -> {
              throw new DmaBufException(Errno.ENOMEM, "full");
            });
    try (Buffers buffers =
        Buffers.allocate(pipeline, TestExporter.REQUEST, TestExporter.COUNT, screen(1))) {
      assertThat(buffers.exporterNames()).isEqualTo("plenty");
      assertThat(buffers.exporters()).hasSize(1);
    }
  }

  @Test
  void shouldLeaveNoBufferWhenTheLastCannotBeHad() {
    int[] left = {TestExporter.COUNT - 1};
    TestExporter pages = new TestExporter(core.open("exporter"));
    core.catalog()
        .add(
            ExporterOffer.of(Map.of("dmabuf.exporter", "small")),
            (spec, caller) -> {
              if (left[0]-- == 0) {
                throw new DmaBufException(Errno.ENOMEM, "no more");
              }
              return pages.allocate(spec, caller);
            });
    assertThatThrownBy(
            () -> Buffers.allocate(pipeline, TestExporter.REQUEST, TestExporter.COUNT, screen(1)))
        .hasMessageContaining("small failed with ENOMEM: no more");
  }
}
