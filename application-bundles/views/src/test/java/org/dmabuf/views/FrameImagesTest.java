package org.dmabuf.views;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.file.MmapFlags;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures over a mapping's memory. */
class FrameImagesTest {
  private static final int BOTH = MmapFlags.PROT_READ | MmapFlags.PROT_WRITE;

  private static FrameLayout layout(String fourcc, int width, int height) {
    return FrameLayout.of(PixelFormat.parse(fourcc), width, height, 64);
  }

  private static CpuMapping mapping(long bytes, int protection) {
    Arena arena = Arena.ofShared();
    MemorySegment memory = arena.allocate(bytes);
    return CpuMapping.of("a test's buffer", arena, memory, bytes, protection, () -> {});
  }

  private static void assertErrno(Errno expected, ThrowingCallable call) {
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(call)
        .satisfies(refused -> assertThat(refused.errno()).isEqualTo(expected));
  }

  @ParameterizedTest
  @CsvSource({
    "XR24, 4, 0x00123456, 0xff123456",
    "XR24, 4, 0x7f123456, 0xff123456",
    "AR24, 4, 0x7f123456, 0x7f123456",
    "RG16, 2, 0xf800, 0xffff0000",
    "RG16, 2, 0x07e0, 0xff00ff00",
    "RG16, 2, 0x001f, 0xff0000ff"
  })
  void pixelIsWhatTheBufferHas(String fourcc, int bytes, String stored, String argb) {
    FrameLayout layout = layout(fourcc, 7, 5);
    int pitch = layout.planes().getFirst().pitch();
    try (CpuMapping mapping = mapping(layout.size(), BOTH)) {
      long at = 3L * pitch + 6L * bytes;
      int raw = Long.decode(stored).intValue();
      if (bytes == 4) {
        mapping.segment().set(ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN), at, raw);
      } else {
        mapping
            .segment()
            .set(ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN), at, (short) raw);
      }
      BufferedImage image = FrameImages.of(mapping, layout);
      assertThat(image.getWidth()).isEqualTo(7);
      assertThat(image.getHeight()).isEqualTo(5);
      assertThat(image.getRGB(6, 3)).isEqualTo(Long.decode(argb).intValue());
      assertThat(image.getRGB(5, 3) & 0xffffff).isZero();
    }
  }

  @Test
  void greyIsGrey() {
    FrameLayout layout = layout("GREY", 4, 3);
    int pitch = layout.planes().getFirst().pitch();
    try (CpuMapping mapping = mapping(layout.size(), BOTH)) {
      mapping.segment().set(ValueLayout.JAVA_BYTE, 2L * pitch + 1, (byte) 255);
      BufferedImage image = FrameImages.of(mapping, layout);
      assertThat(image.getRGB(1, 2)).isEqualTo(Color.WHITE.getRGB());
      assertThat(image.getRGB(2, 2)).isEqualTo(Color.BLACK.getRGB());
      image.getRaster().setSample(0, 0, 0, 77);
      assertThat(mapping.segment().get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 77);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"XR24", "AR24", "RG16"})
  void whatIsDrawnIsInTheBuffer(String fourcc) {
    FrameLayout layout = layout(fourcc, 20, 10);
    try (CpuMapping mapping = mapping(layout.size(), BOTH)) {
      BufferedImage image = FrameImages.of(mapping, layout);
      Graphics2D brush = image.createGraphics();
      brush.setColor(Color.RED);
      brush.fillRect(2, 3, 5, 4);
      brush.dispose();
      for (int y = 0; y < 10; y++) {
        for (int x = 0; x < 20; x++) {
          boolean inside = x >= 2 && x < 7 && y >= 3 && y < 7;
          assertThat(image.getRGB(x, y) & 0xffffff).isEqualTo(inside ? 0xff0000 : 0);
        }
      }
      long red = 3L * layout.planes().getFirst().pitch() + 2L * (fourcc.equals("RG16") ? 2 : 4);
      assertThat(mapping.segment().get(ValueLayout.JAVA_BYTE, red + 1) & 0xf8)
          .isEqualTo(fourcc.equals("RG16") ? 0xf8 : 0);
    }
  }

  @Test
  void pictureEndsWithItsMapping() {
    FrameLayout layout = layout("XR24", 4, 4);
    CpuMapping mapping = mapping(layout.size(), BOTH);
    BufferedImage image = FrameImages.of(mapping, layout);
    image.setRGB(0, 0, -1);
    mapping.close();
    assertThatIllegalStateException().isThrownBy(() -> image.getRGB(0, 0));
    assertThatIllegalStateException().isThrownBy(() -> image.setRGB(0, 0, 1));
  }

  @Test
  void pictureOfAMappingForReadingIsNotDrawnOn() {
    FrameLayout layout = layout("XR24", 4, 4);
    try (CpuMapping mapping = mapping(layout.size(), MmapFlags.PROT_READ)) {
      BufferedImage image = FrameImages.of(mapping, layout);
      assertThat(image.getRGB(0, 0)).isEqualTo(Color.BLACK.getRGB());
      assertErrno(Errno.EACCES, () -> image.setRGB(0, 0, -1));
    }
  }

  @Test
  void whatDoesNotFitIsEinval() {
    FrameLayout layout = layout("XR24", 4, 4);
    try (CpuMapping mapping = mapping(layout.size() - 1, BOTH)) {
      assertErrno(Errno.EINVAL, () -> FrameImages.of(mapping, layout));
      assertErrno(Errno.EINVAL, () -> FrameImages.of(mapping, layout("NV12", 2, 2)));
      FrameLayout odd = FrameLayout.of(PixelFormat.parse("RG16"), 3, 2, 1);
      assertThat(FrameImages.of(mapping, odd).getRGB(2, 1)).isEqualTo(Color.BLACK.getRGB());
    }
  }
}
