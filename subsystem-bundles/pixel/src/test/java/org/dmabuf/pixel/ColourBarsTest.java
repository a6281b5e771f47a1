package org.dmabuf.pixel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.assertj.core.data.Offset;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.TransferMeter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * White, yellow, cyan, green, magenta, red, blue, black as the standards have them: bars of 100 %
 * and of 75 %, luma, U and V of each.
 */
final class ColourBarsTest {
  private static final int BARS = 8;

  /** Red, green and blue of each bar: whether it is on. */
  private static final int[] COLOURS = {0b111, 0b110, 0b011, 0b010, 0b101, 0b100, 0b001, 0b000};

  private final PixelConverter converter = new PixelConverter(Acceleration.SCALAR);
  private final TransferMeter meter = new TransferMeter();

  @ParameterizedTest
  @CsvSource({
    "BT601, LIMITED, 255, 235 128 128 210 16 146 170 166 16 145 54 34 106 202 222 81 90 240 41 240"
        + " 110 16 128 128",
    "BT601, LIMITED, 191, 180 128 128 162 44 142 131 156 44 112 72 58 84 184 198 65 100 212 35 212"
        + " 114 16 128 128",
    "BT601, FULL, 255, 255 128 128 226 1 149 179 171 1 150 44 21 105 212 235 76 85 255 29 255 107 0"
        + " 128 128",
    "BT601, FULL, 191, 191 128 128 169 32 144 134 160 32 112 65 48 79 191 208 57 96 224 22 224 112"
        + " 0 128 128",
    "BT709, LIMITED, 255, 235 128 128 219 16 138 188 154 16 173 42 26 78 214 230 63 102 240 32 240"
        + " 118 16 128 128",
    "BT709, LIMITED, 191, 180 128 128 168 44 136 145 147 44 133 63 52 63 193 204 51 109 212 28 212"
        + " 120 16 128 128",
    "BT709, FULL, 255, 255 128 128 237 1 140 201 157 1 182 30 12 73 226 244 54 99 255 18 255 116 0"
        + " 128 128",
    "BT709, FULL, 191, 191 128 128 177 32 137 151 150 32 137 54 41 54 202 215 41 106 224 14 224 119"
        + " 0 128 128",
    "BT2020, LIMITED, 255, 235 128 128 222 16 137 177 159 16 164 47 25 87 209 231 74 97 240 29 240"
        + " 119 16 128 128",
    "BT2020, LIMITED, 191, 180 128 128 171 44 135 137 151 44 127 67 51 69 189 205 59 105 212 26 212"
        + " 121 16 128 128",
    "BT2020, FULL, 255, 255 128 128 240 1 138 188 164 1 173 36 11 82 220 245 67 92 255 15 255 118 0"
        + " 128 128",
    "BT2020, FULL, 191, 191 128 128 180 32 136 141 155 32 130 59 40 62 197 216 50 101 224 11 224"
        + " 120 0 128 128"
  })
  void barsShouldBeTheStandardsToOneStep(
      ColorEncoding encoding, ColorRange range, int level, String samples) {
    ColorSpace space = new ColorSpace(encoding, range);
    byte[] yuv = new byte[3 * BARS];
    String[] numbers = samples.split(" ", -1);
    byte[] rgb = new byte[3 * BARS];
    for (int bar = 0; bar < BARS; bar++) {
      for (int part = 0; part < 3; part++) {
        yuv[part * BARS + bar] = (byte) Integer.parseInt(numbers[3 * bar + part]);
        boolean on = (COLOURS[bar] >> (2 - part) & 1) != 0;
        rgb[3 * bar + part] = (byte) (on ? level : 0);
      }
    }
    byte[] decoded = new byte[3 * BARS];
    converter.convert(
        surface(PixelFormat.YUV444, yuv).with(space), surface(PixelFormat.RGB24, decoded));
    areNear(decoded, rgb);
    byte[] encoded = new byte[3 * BARS];
    converter.convert(
        surface(PixelFormat.RGB24, rgb), surface(PixelFormat.YUV444, encoded).with(space));
    areNear(encoded, yuv);
  }

  private static void areNear(byte[] seen, byte[] expected) {
    for (int i = 0; i < seen.length; i++) {
      assertThat(seen[i] & 0xff)
          .as("bar %d of %d, part %d", i, BARS, i % 3)
          .isCloseTo(expected[i] & 0xff, Offset.offset(1));
    }
  }

  private Surface surface(PixelFormat format, byte[] bytes) {
    FrameView view = new FrameView(List.of(MemorySegment.ofArray(bytes)), meter);
    return Surface.of(view, FrameLayout.of(format, BARS, 1, 1));
  }
}
