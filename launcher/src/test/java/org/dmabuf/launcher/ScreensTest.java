package org.dmabuf.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ScreensTest {
  private static final int RED = 0xffff0000;
  private static final int GREEN = 0xff00ff00;
  private static final int BLUE = 0xff0000ff;
  private static final int WHITE = 0xffffffff;

  @Test
  void halfBlocksShouldHaveTwoPixelsInEachCharacter() {
    String text = new HalfBlocks().draw(2, 3, new int[] {RED, RED, GREEN, BLUE, WHITE, 0, 0}, 9, 9);
    assertThat(text)
        .isEqualTo(
            "\u001b[38;2;255;0;0m\u001b[48;2;0;255;0m\u2580\u001b[48;2;0;0;255m\u2580\u001b[0m\r\n"
                + "\u001b[38;2;255;255;255m\u001b[48;2;0;0;0m\u2580\u001b[38;2;0;0;0m\u2580"
                + "\u001b[0m\r\n");
  }

  @Test
  void halfBlocksShouldFitTheirPlace() {
    int[] argb = new int[640 * 480];
    String text = new HalfBlocks().draw(640, 480, argb, 80, 24);
    assertThat(text.lines()).hasSize(24);
    assertThat(text.lines())
        .allSatisfy(line -> assertThat(line.chars().filter(c -> c == '\u2580')).hasSize(64));
  }

  @Test
  void aSmallPictureShouldBeTheMeanOfTheLargeOne() {
    int[] argb = {0xff000000, 0xff020406, 0xff040608, 0xff06080a};
    assertThat(Shrink.of(2, 2, argb, 1, 5).rgb()).containsExactly(0x030406);
    assertThat(Shrink.of(4, 1, argb, 2, 2).rgb()).containsExactly(0x010203, 0x050709);
    assertThat(Shrink.of(1, 4, argb, 9, 2).rgb()).containsExactly(0x010203, 0x050709);
    Shrink same = Shrink.of(2, 2, argb, 2, 2);
    assertThat(same.rgb()).containsExactly(0, 0x020406, 0x040608, 0x06080a);
    Shrink narrow = Shrink.of(1000, 2, new int[2000], 10, 10);
    assertThat(narrow.width()).isEqualTo(10);
    assertThat(narrow.height()).isEqualTo(1);
  }

  /** What a terminal would draw: the colours come back within a step of 51. */
  @Test
  void sixelsShouldBeThePictureInSteps() {
    int width = 23;
    int height = 14;
    int[] argb = new int[width * height];
    for (int i = 0; i < argb.length; i++) {
      argb[i] = i % width < 9 ? RED : 0xff000000 | i * 0x5b3d71;
    }
    SixelDecoder decoder = new SixelDecoder(new Sixel().draw(width, height, argb, 80, 24));
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int seen = decoder.at(x, y);
        int expected = argb[y * width + x];
        for (int shift = 0; shift < 24; shift += 8) {
          assertThat(Math.abs((seen >> shift & 0xff) - (expected >> shift & 0xff)))
              .as("%06x and %06x at %d,%d", seen, expected, x, y)
              .isLessThanOrEqualTo(26);
        }
      }
    }
    assertThat(decoder.width()).isEqualTo(width);
  }

  @Test
  void theTerminalShouldDrawAboveTheProgress() {
    StringWriter text = new StringWriter();
    List<Integer> places = new ArrayList<>();
    Drawing drawing =
        (width, height, argb, columns, rows) -> {
          places.addAll(List.of(width, height, columns, rows));
          return "picture";
        };
    TerminalScreen screen = new TerminalScreen(new PrintWriter(text), drawing, 80, 24);
    screen.show(2, 1, new int[2]);
    screen.close();
    assertThat(places).containsExactly(2, 1, 80, 22);
    assertThat(text.toString())
        .isEqualTo("\u001b[2J\u001b[H\u001b[23;1H" + "\u001b7\u001b[Hpicture\u001b8");
  }

  @ParameterizedTest
  @CsvSource({
    "'\u001b[?62;4;6;22c', true",
    "'\u001b[?63;1;2;4c', true",
    "'\u001b[?4;1;2c', false",
    "'\u001b[?62;22c', false",
    "'\u001b[?6c', false",
    "'\u001b[?62;4', false",
    "'', false"
  })
  void aTerminalThatDrawsSixelsShouldSaySo(String answer, boolean sixel) {
    assertThat(TerminalQuery.hasSixel(answer)).isEqualTo(sixel);
  }

  @Test
  void picturesShouldReachEveryScreenAndNothingElse() {
    List<String> shown = new ArrayList<>();
    Screen screen =
        new Screen() {
          @Override
          public void show(int width, int height, int[] argb) {
            shown.add(width + "x" + height + " " + argb[0]);
          }

          @Override
          public void close() {
            shown.add("closed");
          }
        };
    try (Screens screens = new Screens(List.of(screen, screen))) {
      screens.accept(Map.of("width", 2, "height", 1, "argb", new int[] {7, 8}));
      screens.accept(Map.of("width", "2", "height", 1, "argb", new int[2]));
      screens.accept(Map.of());
      assertThat(screens.isEmpty()).isFalse();
    }
    assertThat(shown).containsExactly("2x1 7", "2x1 7", "closed", "closed");
  }

  @Test
  void aWindowWithoutADesktopShouldBeRefusedInOneSentence() {
    assertThatThrownBy(() -> new WindowScreen("test"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("--window needs a desktop");
  }
}
