package org.dmabuf.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.format.FrameLayout.Plane;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FrameLayoutTest {
  private static final int[] EDGES = {1, 2, 3, 15, 16, 17, 255, 256, 1919, 8191, 16_383, 16_384};

  @Test
  void oddSizesRoundChromaUp() {
    FrameLayout nv12 = FrameLayout.of(PixelFormat.NV12, 17, 19, 1);
    assertThat(nv12.planes())
        .containsExactly(new Plane(0, 17, 17, 19), new Plane(17 * 19, 18, 18, 10));
    assertThat(nv12.size()).isEqualTo(17 * 19 + 18 * 10);
    FrameLayout yuv422 = FrameLayout.of(PixelFormat.YUV422, 17, 19, 1);
    assertThat(yuv422.planes())
        .containsExactly(
            new Plane(0, 17, 17, 19),
            new Plane(17 * 19, 9, 9, 19),
            new Plane(17 * 19 + 9 * 19, 9, 9, 19));
    assertThat(yuv422.isDense()).isTrue();
  }

  @Test
  void pitchesAreAligned() {
    FrameLayout layout = FrameLayout.of(PixelFormat.YUV420, 100, 10, 64);
    assertThat(layout.planes())
        .containsExactly(
            new Plane(0, 128, 100, 10),
            new Plane(1280, 64, 50, 5),
            new Plane(1280 + 320, 64, 50, 5));
    assertThat(layout.isDense()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "NV12, 1920, 1080, 3110400",
    "YUV420, 1920, 1080, 3110400",
    "YUV422, 1920, 1080, 4147200",
    "YUV444, 1920, 1080, 6220800",
    "XRGB8888, 1920, 1080, 8294400",
    "ARGB8888, 1920, 1080, 8294400",
    "RGB565, 1920, 1080, 4147200",
    "GREY, 1920, 1080, 2073600",
    "NV12, 1, 1, 3"
  })
  void sizesAreThoseThatEverybodyKnows(PixelFormat format, int width, int height, long size) {
    assertThat(FrameLayout.of(format, width, height, 1).size()).isEqualTo(size);
  }

  @ParameterizedTest
  @EnumSource
  void atTheEdgesPlanesFollowOneAnotherAndHoldEverySample(PixelFormat format) {
    SplittableRandom random = new SplittableRandom(format.name().hashCode());
    for (int width : EDGES) {
      for (int height : EDGES) {
        int align = 1 << random.nextInt(17);
        FrameLayout layout = FrameLayout.of(format, width, height, align);
        long end = 0;
        long samples = 0;
        for (int i = 0; i < layout.planes().size(); i++) {
          Plane plane = layout.planes().get(i);
          PlaneShape shape = format.planeShapes().get(i);
          assertThat(plane.offset()).isEqualTo(end);
          assertThat(plane.offset() % align).isZero();
          assertThat(plane.pitch() % align).isZero();
          assertThat(plane.pitch()).isBetween(plane.rowBytes(), plane.rowBytes() + align - 1);
          assertThat((long) plane.rowBytes() * shape.horizontal())
              .isBetween((long) width * shape.bytes(), (width + 1L) * shape.bytes());
          assertThat(plane.rows() * shape.vertical()).isBetween(height, height + 1);
          end += (long) plane.pitch() * plane.rows();
          samples += (long) plane.rowBytes() * plane.rows();
        }
        assertThat(layout.size()).isEqualTo(end).isPositive();
        assertThat(layout.isDense()).isEqualTo(samples == end);
        assertThat(FrameLayout.of(format, width, height, 1).size()).isEqualTo(samples);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 16, 1",
    "16, 0, 1",
    "-1, 16, 1",
    "16385, 16, 1",
    "16, 16385, 1",
    "100000, 100000, 1",
    "2147483647, 2147483647, 1",
    "16, 16, 0",
    "16, 16, -64",
    "16, 16, 48",
    "16, 16, 131072"
  })
  void refusesWhatIsOutOfRange(int width, int height, int align) {
    assertThatThrownBy(() -> FrameLayout.of(PixelFormat.NV12, width, height, align))
        .isInstanceOfSatisfying(
            DmaBufException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL))
        .hasMessageContaining("from 1 to");
  }

  @Test
  void layoutsAreEqualWhenEverythingIs() {
    FrameLayout layout = FrameLayout.of(PixelFormat.GREY, 20, 10, 4);
    assertThat(layout.format()).isSameAs(PixelFormat.GREY);
    assertThat(layout.width()).isEqualTo(20);
    assertThat(layout.height()).isEqualTo(10);
    assertThat(layout)
        .isEqualTo(FrameLayout.of(PixelFormat.GREY, 20, 10, 4))
        .hasSameHashCodeAs(FrameLayout.of(PixelFormat.GREY, 20, 10, 4))
        .hasToString("GREY 20x10, 200 bytes, pitches [20]")
        .isNotEqualTo(FrameLayout.of(PixelFormat.RGB565, 20, 10, 4))
        .isNotEqualTo(FrameLayout.of(PixelFormat.GREY, 19, 10, 4))
        .isNotEqualTo(FrameLayout.of(PixelFormat.GREY, 20, 11, 4))
        .isNotEqualTo(FrameLayout.of(PixelFormat.GREY, 20, 10, 64))
        .isNotEqualTo("GREY 20x10");
    assertThat(layout.hashCode())
        .isNotEqualTo(FrameLayout.of(PixelFormat.GREY, 20, 10, 64).hashCode());
  }
}
