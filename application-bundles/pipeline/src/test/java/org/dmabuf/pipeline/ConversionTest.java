package org.dmabuf.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.dmabuf.format.PixelFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConversionTest {
  @Test
  void shouldKeepTheSizeUnlessOneIsSaid() {
    Conversion same = Conversion.parse("XR24");
    assertThat(same.format()).isEqualTo(PixelFormat.XRGB8888);
    assertThat(same.widthOf(640)).isEqualTo(640);
    assertThat(same.heightOf(480)).isEqualTo(480);
    Conversion other = Conversion.parse("nv12@1280x720");
    assertThat(other).isEqualTo(new Conversion(PixelFormat.NV12, 1280, 720));
    assertThat(other.widthOf(640)).isEqualTo(1280);
    assertThat(other.heightOf(480)).isEqualTo(720);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "XR24@", "XR24@12", "XR24@0x48", "XR24@12x", "@1x1", "none"})
  void shouldSayWhatWouldWork(String text) {
    assertThatThrownBy(() -> Conversion.parse(text)).hasMessageStartingWith("EINVAL");
  }
}
