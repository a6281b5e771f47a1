package org.dmabuf.pipeline.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.display.kms.PlaneState;
import org.dmabuf.display.kms.Rect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a configuration says of where frames are on the screen. */
final class PlacementTest {
  @Test
  void shouldBeTheWholeScreenUnlessAnOverlayIsAskedFor() {
    assertThat(placement(Map.of("overlay_x", 5))).isEmpty();
  }

  @Test
  void shouldBeAsLargeAsTheFramesUnlessItIsSaid() {
    Placement placement = placement(Map.of("overlay", true)).orElseThrow();
    assertThat(placement.width()).isEqualTo(64);
    assertThat(placement.height()).isEqualTo(48);
    assertThat(placement.at()).isEqualTo(new Rect(0, 0, 64, 48));
    assertThat(placement.alpha()).isEqualTo(PlaneState.OPAQUE);
    assertThat(placement.zpos()).isEqualTo(1);
  }

  @Test
  void shouldTakePositionSizeOpacityHeightAndBackground() {
    Placement placement =
        placement(
                Map.of(
                    "overlay",
                    true,
                    "screen",
                    "320x240",
                    "overlay_x",
                    -8,
                    "overlay_y",
                    20,
                    "overlay_width",
                    128,
                    "overlay_alpha",
                    50,
                    "background",
                    "#ff0000"))
            .orElseThrow();
    assertThat(placement.width()).isEqualTo(320);
    assertThat(placement.at()).isEqualTo(new Rect(-8, 20, 128, 48));
    assertThat(placement.alpha()).isEqualTo(PlaneState.OPAQUE / 2);
    assertThat(placement.backdrop()).isEqualTo(new Backdrop(0xff0000, 0xff0000));
  }

  @ParameterizedTest
  @CsvSource({
    "screen, 320*240",
    "overlay_alpha, 101",
    "overlay_alpha, -1",
    "overlay_width, -1",
    "overlay_zpos, -1",
    "background, red"
  })
  void shouldSayWhatWouldWork(String key, String value) {
    Object given = value.matches("-?\\d+") ? Integer.valueOf(value) : value;
    assertThatThrownBy(() -> placement(Map.of("overlay", true, key, given)))
        .isInstanceOf(DmaBufException.class)
        .hasMessageContaining("EINVAL")
        .hasMessageContaining("would work");
  }

  @Test
  void shouldMixTheColoursOfAGradientFromTopToBottom() {
    Backdrop backdrop = Backdrop.parse("#000000-#6432ff");
    assertThat(backdrop.colour(0, 101)).isZero();
    assertThat(backdrop.colour(50, 101)).isEqualTo(0x32197f);
    assertThat(backdrop.colour(100, 101)).isEqualTo(0x6432ff);
    assertThat(backdrop.colour(0, 1)).isZero();
  }

  /** The configuration with its defaults, but for the given values. */
  private static Optional<Placement> placement(Map<String, Object> given) {
    Map<String, Object> values = new HashMap<>(given);
    values.put("name", "test");
    PipelineConfig config =
        (PipelineConfig)
            Proxy.newProxyInstance(
                PipelineConfig.class.getClassLoader(),
                new Class<?>[] {PipelineConfig.class},
                (proxy, method, arguments) ->
                    values.getOrDefault(method.getName(), method.getDefaultValue()));
    return Placement.of(config, 64, 48);
  }
}
