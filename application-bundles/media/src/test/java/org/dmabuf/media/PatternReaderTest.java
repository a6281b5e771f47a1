package org.dmabuf.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.video.SourceRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PatternReaderTest {
  private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ .-_:/";

  @ParameterizedTest
  @EnumSource
  void counterAndWriterCanBeReadInEveryFormat(PixelFormat format) {
    TestFrame frame = draw(format, 640, 480, 1, 1234, "v4l2 1.0.1");
    PatternPicture picture = new PatternPicture(640, 480);
    assertThat(read(frame, picture.counterLine(), 8)).isEqualTo("00001234");
    assertThat(read(frame, picture.writerLine(), 10)).isEqualTo("V4L2 1.0.1");
    assertThat(frame.converted()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"16,16", "17,19", "33,16", "16,100", "319,241", "1919,1079", "8192,16"})
  void counterCanBeReadInEverySize(int width, int height) {
    for (PixelFormat format : PixelFormat.values()) {
      TestFrame frame = draw(format, width, height, 64, 98_765_432, "x");
      PatternPicture.Line line = new PatternPicture(width, height).counterLine();
      assertThat(line.characters()).isPositive();
      assertThat(read(frame, line, line.characters()))
          .isEqualTo("98765432".substring(8 - line.characters()));
    }
  }

  @ParameterizedTest
  @EnumSource
  void showsEightBarsOfTheirColours(PixelFormat format) {
    TestFrame frame = draw(format, 640, 480, 256, 0, "x");
    for (int bar = 0; bar < 8; bar++) {
      int expected = PatternPicture.PALETTE[bar];
      if (format == PixelFormat.GREY) {
        expected = Colours.LIMITED.argb(Colours.y(expected), 128, 128) & 0xffffff;
      }
      int seen = frame.rgb(80 * bar + 40, 5);
      assertThat(TestFrame.distance(seen, expected)).as("bar " + bar).isLessThan(9);
    }
  }

  @Test
  void somethingMovesFromFrameToFrame() {
    TestFrame first = draw(PixelFormat.GREY, 640, 480, 1, 100, "x");
    TestFrame second = draw(PixelFormat.GREY, 640, 480, 1, 101, "x");
    int band = 470 * 640;
    assertThat(Arrays.copyOfRange(first.memory(), band, band + 640))
        .isNotEqualTo(Arrays.copyOfRange(second.memory(), band, band + 640));
  }

  @ParameterizedTest
  @EnumSource
  void aFrameFollowsFromItsIndexAndItsWriterAlone(PixelFormat format) {
    PatternReader reader = reader(format, 65, 49);
    TestFrame frame = TestFrame.of(format, 65, 49, 1);
    reader.read(7, frame.target());
    long seventh = frame.checksum();
    reader.read(8, frame.target());
    assertThat(frame.checksum()).isNotEqualTo(seventh);
    reader.read(7, frame.target());
    assertThat(frame.checksum()).isEqualTo(seventh);
    assertThat(draw(format, 65, 49, 1, 7, TestFrame.WRITER).checksum()).isEqualTo(seventh);
  }

  @Test
  void everyByteIsWrittenAndPaddingIsLeftAlone() {
    TestFrame frame = TestFrame.of(PixelFormat.NV12, 17, 19, 64);
    Arrays.fill(frame.memory(), (byte) 0xaa);
    reader(PixelFormat.NV12, 17, 19).read(0, frame.target());
    assertThat(frame.written()).isEqualTo(17 * 19 + 18 * 10);
    assertThat(frame.at(0, 17, 3)).isEqualTo(0xaa);
    assertThat(frame.at(1, 17, 3)).isNotEqualTo(0xaa);
    assertThat(frame.at(1, 18, 3)).isEqualTo(0xaa);
  }

  @Test
  void signsThatTheFontLacksAreQuestionMarks() {
    TestFrame frame = draw(PixelFormat.GREY, 640, 480, 1, 0, "A\u20ac");
    PatternPicture.Line line = new PatternPicture(640, 480).writerLine();
    TestFrame question = draw(PixelFormat.GREY, 640, 480, 1, 0, "A?");
    assertThat(read(frame, line, 1)).isEqualTo("A");
    assertThat(frame.checksum()).isEqualTo(question.checksum());
  }

  private static PatternReader reader(PixelFormat format, int width, int height) {
    return new PatternReader(
        SourceRequest.of("pattern").withFormat(format).withSize(width, height));
  }

  private static TestFrame draw(
      PixelFormat format, int width, int height, int align, long index, String writer) {
    TestFrame frame = TestFrame.of(format, width, height, align);
    reader(format, width, height).read(index, frame.target(writer));
    return frame;
  }

  /** Reads text back from the pixels: the middle of each dot is bright or dark. */
  private static String read(TestFrame frame, PatternPicture.Line line, int characters) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < characters; i++) {
      int[] rows = new int[BitmapFont.HEIGHT];
      for (int y = 0; y < BitmapFont.HEIGHT; y++) {
        for (int x = 0; x < BitmapFont.WIDTH; x++) {
          int px = line.x() + (i * (BitmapFont.WIDTH + 1) + x) * line.dot() + line.dot() / 2;
          int py = line.y() + y * line.dot() + line.dot() / 2;
          rows[y] = rows[y] << 1 | (Colours.green(frame.rgb(px, py)) > 127 ? 1 : 0);
        }
      }
      text.append(
          ALPHABET
              .chars()
              .filter(c -> looksLike((char) c, rows))
              .mapToObj(Character::toString)
              .findFirst()
              .orElse("~"));
    }
    return text.toString();
  }

  private static boolean looksLike(char character, int[] rows) {
    for (int y = 0; y < rows.length; y++) {
      if (BitmapFont.row(character, y) != rows[y]) {
        return false;
      }
    }
    return true;
  }
}
