package org.dmabuf.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.pipeline.Conversion;
import org.dmabuf.video.SourceInfo;
import org.junit.jupiter.api.Test;

class DemoOptionsTest {
  private static SourceInfo info(OptionalLong frames) {
    return new SourceInfo("x", PixelFormat.NV12, 16, 16, 30, 1, frames, false, Optional.empty());
  }

  private static DemoOptions options(Object... pairs) {
    Map<String, Object> given = new HashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      given.put((String) pairs[i], pairs[i + 1]);
    }
    return DemoOptions.of(given);
  }

  @Test
  void hasDefaults() {
    DemoOptions options = options();
    assertThat(options.source().location()).isEqualTo("pattern");
    assertThat(options.buffers()).isEqualTo(4);
    assertThat(options.exporter()).isEqualTo("system");
    assertThat(options.framesOf(info(OptionalLong.empty()))).hasValue(300);
  }

  @Test
  void readsSizeAndFormat() {
    DemoOptions options = options("size", "320x200", "format", "YU12");
    assertThat(options.source().width()).isEqualTo(OptionalInt.of(320));
    assertThat(options.source().height()).isEqualTo(OptionalInt.of(200));
    assertThat(options.source().format()).contains(PixelFormat.YUV420);
  }

  @Test
  void readsWhatAConverterMakes() {
    assertThat(options().conversion()).isEmpty();
    assertThat(options("convert", "XR24@320x200").conversion())
        .contains(new Conversion(PixelFormat.XRGB8888, 320, 200));
    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> options("convert", "XR24@320"))
        .withMessageContaining("XR24@1280x720");
  }

  @Test
  void readsHowManyPipelinesRunAtOnce() {
    assertThat(options().pipelines()).isEqualTo(1);
    assertThat(options("pipelines", 3).pipelines()).isEqualTo(3);
    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> options("pipelines", 9))
        .withMessageContaining("1 to 8 would work");
  }

  @Test
  void takesAllFramesOfAFileOnce() {
    DemoOptions options = options("source", "a.y4m");
    assertThat(options.framesOf(info(OptionalLong.of(50)))).hasValue(50);
    assertThat(options.loops(info(OptionalLong.of(50)))).isFalse();
  }

  @Test
  void beginsAFileAnewForMoreFramesThanItHas() {
    DemoOptions options = options("source", "a.y4m", "frames", 51);
    assertThat(options.loops(info(OptionalLong.of(50)))).isTrue();
    assertThat(options("source", "a.y4m", "frames", 50).loops(info(OptionalLong.of(50)))).isFalse();
  }

  @Test
  void showsAStillForAWhileAndAStreamToItsEnd() {
    DemoOptions options = options("source", "a.png");
    assertThat(options.framesOf(info(OptionalLong.of(1)))).hasValue(300);
    assertThat(options.loops(info(OptionalLong.of(1)))).isTrue();
    assertThat(options.framesOf(info(OptionalLong.empty()))).isEmpty();
  }

  @Test
  void refusesWhatCannotBe() {
    assertThatExceptionOfType(BadInput.class).isThrownBy(() -> options("size", "big"));
    assertThatExceptionOfType(BadInput.class).isThrownBy(() -> options("buffers", 2));
    assertThatExceptionOfType(BadInput.class).isThrownBy(() -> options("buffers", 65));
    assertThatExceptionOfType(BadInput.class).isThrownBy(() -> options("rate", "5000"));
    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> options("format", "XYZ9"))
        .withMessageContaining("XYZ9");
  }
}
