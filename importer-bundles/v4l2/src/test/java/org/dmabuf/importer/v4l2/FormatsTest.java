package org.dmabuf.importer.v4l2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.importer.v4l2.VideoRig.refuses;

import java.util.List;
import org.dmabuf.Errno;
import org.dmabuf.format.Fourcc;
import org.dmabuf.video.node.SizeRange;
import org.dmabuf.video.node.V4l2Format;
import org.dmabuf.video.node.V4l2FormatIoctl;
import org.dmabuf.video.node.V4l2FormatIoctl.Capabilities;
import org.dmabuf.video.queue.QueueType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Formats and sizes: told, tried and set. */
final class FormatsTest {
  @ParameterizedTest
  @EnumSource(TestedNode.class)
  void shouldHaveEveryFormatThatItTellsInEverySizeThatItTells(TestedNode kind) {
    try (VideoRig rig = new VideoRig(kind)) {
      for (QueueType type : kind.queues()) {
        List<Integer> codes = V4l2FormatIoctl.formats(rig.files, rig.device, type.number());
        assertThat(codes).doesNotHaveDuplicates().isNotEmpty();
        for (int fourcc : codes) {
          SizeRange sizes = V4l2FormatIoctl.sizes(rig.files, rig.device, fourcc);
          for (int width : List.of(sizes.minWidth(), sizes.maxWidth(), 100)) {
            for (int height : List.of(sizes.minHeight(), sizes.maxHeight(), 100)) {
              V4l2Format tried =
                  V4l2FormatIoctl.attempt(
                      rig.files, rig.device, type.number(), width, height, fourcc);
              assertThat(tried.fourcc()).isEqualTo(fourcc);
              assertThat(tried.width()).isEqualTo(width);
              assertThat(tried.height()).isEqualTo(height);
              V4l2Format set =
                  V4l2FormatIoctl.set(rig.files, rig.device, type.number(), width, height, fourcc);
              assertThat(set).isEqualTo(tried).isEqualTo(rig.format(type));
            }
          }
        }
        refuses(Errno.EINVAL, () -> V4l2FormatIoctl.sizes(rig.files, rig.device, 1));
        refuses(Errno.EINVAL, () -> V4l2FormatIoctl.formats(rig.files, rig.device, 0xff));
      }
    }
  }

  @Test
  void shouldTryWithoutSetting() {
    try (VideoRig rig = new VideoRig(TestedNode.CAPTURE)) {
      V4l2Format before = rig.format(QueueType.CAPTURE);
      V4l2FormatIoctl.attempt(rig.files, rig.device, 1, 320, 240, Fourcc.of("NV12"));
      assertThat(rig.format(QueueType.CAPTURE)).isEqualTo(before);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "YUYV, 128, 8192",
    "UYVY, 128, 8192",
    "RGBP, 128, 8192",
    "RGB3, 192, 12288",
    "XR24, 256, 16384",
    "AR24, 256, 16384",
    "GREY, 64, 4096",
    "NV12, 64, 6144",
    "YU12, 64, 6144"
  })
  void shouldGiveEachFormatItsSize(String code, int bytesPerLine, long size) {
    try (VideoRig rig = new VideoRig(TestedNode.CONVERTER)) {
      V4l2Format format = V4l2FormatIoctl.set(rig.files, rig.device, 1, 64, 64, Fourcc.of(code));
      assertThat(format.bytesPerLine()).containsExactly(bytesPerLine);
      assertThat(format.sizes()).containsExactly(size);
    }
  }

  @Test
  void shouldMakeRowsLongerWhenAsked() {
    try (VideoRig rig = new VideoRig(TestedNode.CONVERTER)) {
      V4l2Format format =
          V4l2FormatIoctl.set(rig.files, rig.device, 1, 64, 64, Fourcc.of("YU12"), 96);
      assertThat(format.bytesPerLine()).containsExactly(96);
      assertThat(format.sizes()).containsExactly(96L * 64 * 3 / 2);
      format = V4l2FormatIoctl.set(rig.files, rig.device, 1, 64, 64, Fourcc.of("YU12"), 10);
      assertThat(format.bytesPerLine()).containsExactly(64);
    }
  }

  @Test
  void shouldHaveABufferForEachPlaneWhereTheFormatSaysSo() {
    try (VideoRig rig = new VideoRig(TestedNode.CAPTURE_OF_SEVERAL_PLANES)) {
      V4l2Format two = V4l2FormatIoctl.set(rig.files, rig.device, 9, 64, 64, Fourcc.of("NM12"));
      assertThat(two.sizes()).containsExactly(4096L, 2048L);
      assertThat(two.bytesPerLine()).containsExactly(64, 64);
      V4l2Format three = V4l2FormatIoctl.set(rig.files, rig.device, 9, 64, 64, Fourcc.of("YM12"));
      assertThat(three.sizes()).containsExactly(4096L, 1024L, 1024L);
      assertThat(three.bytesPerLine()).containsExactly(64, 32, 32);
      V4l2Format one = V4l2FormatIoctl.set(rig.files, rig.device, 9, 64, 64, Fourcc.of("NV12"));
      assertThat(one.sizes()).containsExactly(6144L);
    }
  }

  @ParameterizedTest
  @EnumSource(TestedNode.class)
  void shouldTellWhatItIs(TestedNode kind) {
    try (VideoRig rig = new VideoRig(kind)) {
      Capabilities told = V4l2FormatIoctl.capabilities(rig.files, rig.device);
      assertThat(told.queues()).containsExactlyInAnyOrderElementsOf(kind.queues());
      assertThat(told.card()).isEqualTo(rig.node.name());
      assertThat(told.driver()).isEqualTo(kind.converts() ? "vim2m" : "vivid");
    }
  }

  @Test
  void shouldRefuseToBeConfiguredWithAFormatThatThereIsNot() {
    refuses(Errno.EINVAL, () -> NodeConfiguration.formats("YUYV", "H264"));
    refuses(Errno.EINVAL, () -> NodeConfiguration.periodNanos(-1));
    refuses(Errno.EINVAL, () -> NodeConfiguration.periodNanos(Double.NaN));
  }
}
