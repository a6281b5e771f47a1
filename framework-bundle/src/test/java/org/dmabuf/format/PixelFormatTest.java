package org.dmabuf.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PixelFormatTest {
  @ParameterizedTest
  @CsvSource({
    "NV12, NV12",
    "YU12, YUV420",
    "yuv420, YUV420",
    "YU16, YUV422",
    "422P, YUV422",
    "YU24, YUV444",
    "444P, YUV444",
    "XR24, XRGB8888",
    "AR24, ARGB8888",
    "RG16, RGB565",
    "RGBP, RGB565",
    "YUYV, YUYV",
    "UYVY, UYVY",
    "RGB3, RGB24",
    "BG24, RGB24",
    "XR48, XRGB16161616",
    "AR48, ARGB16161616",
    "R8, GREY",
    "GREY, GREY"
  })
  void knowsNamesAndCodesOfBothWorlds(String text, PixelFormat format) {
    assertThat(PixelFormat.parse(text)).isSameAs(format);
  }

  @Test
  void codesAreThoseOfTheKernelHeaders() {
    assertThat(PixelFormat.NV12.v4l2Fourcc()).isEqualTo(0x3231564e);
    assertThat(PixelFormat.XRGB8888.drmFourcc()).isEqualTo(0x34325258);
    assertThat(PixelFormat.GREY.drmFourcc()).isEqualTo(0x20203852);
    assertThat(PixelFormat.GREY.v4l2Fourcc()).isEqualTo(0x59455247);
    assertThat(PixelFormat.RGB565.v4l2Fourcc()).isEqualTo(0x50424752);
  }

  @ParameterizedTest
  @EnumSource
  void everyCodeLeadsBackToItsFormat(PixelFormat format) {
    assertThat(PixelFormat.ofFourcc(format.drmFourcc())).isSameAs(format);
    assertThat(PixelFormat.ofFourcc(format.v4l2Fourcc())).isSameAs(format);
    assertThat(PixelFormat.parse(format.fourcc())).isSameAs(format);
    assertThat(Fourcc.text(format.drmFourcc())).isEqualTo(format.fourcc());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "BGR3", "NV12 8", "P010"})
  void refusesOthersAndListsWhatIsKnown(String text) {
    assertThatThrownBy(() -> PixelFormat.parse(text))
        .isInstanceOfSatisfying(
            DmaBufException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL))
        .hasMessageContaining("NV12")
        .hasMessageContaining("YUV422 (YU16, 422P)")
        .hasMessageContaining("GREY (R8, GREY)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ABCDE", "A\u00e9", "A\n"})
  void aCodeIsOneToFourPrintableCharacters(String text) {
    assertThatThrownBy(() -> Fourcc.of(text)).isInstanceOf(DmaBufException.class);
  }

  @Test
  void aCodeThatIsNotPrintableCanBeShown() {
    assertThat(Fourcc.text(0x00_41_42_ff)).isEqualTo("?BA?");
  }

  @Test
  void fourccTakesAllPrintableCharactersAndNoOthers() {
    assertThat(Fourcc.text(Fourcc.of("~! ~"))).isEqualTo("~! ~");
    assertThat(Fourcc.text(Fourcc.of("A"))).isEqualTo("A");
    assertThat(Fourcc.text(0x1f7f207e)).isEqualTo("~ ??");
    for (String wrong : new String[] {"", "ABCDE", "A\u007f", "A\u001f", "\u00e4"}) {
      assertThatThrownBy(() -> Fourcc.of(wrong))
          .isInstanceOfSatisfying(
              DmaBufException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
    }
  }

  @ParameterizedTest
  @EnumSource
  void rgbIsWhatIsNeitherLumaNorChroma(PixelFormat format) {
    boolean rgb = format.name().contains("RGB");
    assertThat(format.isRgb()).isEqualTo(rgb);
  }
}
