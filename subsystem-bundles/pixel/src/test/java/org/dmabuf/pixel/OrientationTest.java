package org.dmabuf.pixel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.TransferMeter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class OrientationTest {
  @ParameterizedTest
  @CsvSource({
    "UPRIGHT, ABCDEF",
    "QUARTER, CFBEAD",
    "HALF, FEDCBA",
    "THREE_QUARTERS, DAEBFC",
    "MIRRORED, CBAFED",
    "MIRRORED_QUARTER, ADBECF",
    "MIRRORED_HALF, DEFABC",
    "MIRRORED_THREE_QUARTERS, FCEBDA"
  })
  void shouldLieAsInTheDrawing(Orientation orientation, String expected) {
    assertThat(lay("ABCDEF", 3, 2, orientation)).isEqualTo(expected);
  }

  @ParameterizedTest
  @EnumSource
  void aStepMoreShouldBeTheSameAsTwoSteps(Orientation orientation) {
    String first = lay("ABCDEF", 3, 2, orientation);
    int width = orientation.swapsSides() ? 2 : 3;
    int height = 5 - width;
    assertThat(lay("ABCDEF", 3, 2, orientation.mirrored()))
        .isEqualTo(lay(first, width, height, Orientation.MIRRORED));
    assertThat(lay("ABCDEF", 3, 2, orientation.flipped()))
        .isEqualTo(lay(first, width, height, Orientation.MIRRORED_HALF));
    for (int quarters = -5; quarters < 6; quarters++) {
      Orientation turn = Orientation.UPRIGHT.turned(quarters);
      assertThat(lay("ABCDEF", 3, 2, orientation.turned(quarters)))
          .isEqualTo(lay(first, width, height, turn));
    }
  }

  @Test
  void aQuarterShouldBeCounterClockwise() {
    assertThat(Orientation.UPRIGHT.turned(1)).isSameAs(Orientation.QUARTER);
    assertThat(Orientation.UPRIGHT.turned(-1)).isSameAs(Orientation.THREE_QUARTERS);
    assertThat(Orientation.UPRIGHT.turned(Integer.MIN_VALUE)).isSameAs(Orientation.UPRIGHT);
    assertThat(Orientation.UPRIGHT.flipped()).isSameAs(Orientation.MIRRORED_HALF);
  }

  private static String lay(String text, int width, int height, Orientation orientation) {
    byte[] result = new byte[text.length()];
    boolean swaps = orientation.swapsSides();
    Surface source = grey(text.getBytes(StandardCharsets.US_ASCII), width, height);
    Surface destination = grey(result, swaps ? height : width, swaps ? width : height);
    new PixelConverter(Acceleration.SCALAR)
        .convert(
            source, Sampling.whole(source).with(orientation), destination, Region.of(destination));
    return new String(result, StandardCharsets.US_ASCII);
  }

  private static Surface grey(byte[] bytes, int width, int height) {
    FrameView view = new FrameView(List.of(MemorySegment.ofArray(bytes)), new TransferMeter());
    return Surface.of(view, FrameLayout.of(PixelFormat.GREY, width, height, 1));
  }
}
