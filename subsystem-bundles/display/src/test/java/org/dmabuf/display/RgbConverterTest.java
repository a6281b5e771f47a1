package org.dmabuf.display;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.Transfer;
import org.dmabuf.memory.TransferMeter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class RgbConverterTest {
  private final TransferMeter meter = new TransferMeter();

  /** The colours of a 75% colour bar and the ends of the range, BT.601, limited. */
  @ParameterizedTest
  @CsvSource({
    "16, 128, 128, ff000000",
    "235, 128, 128, ffffffff",
    "81, 90, 240, fffe0000",
    "145, 54, 34, ff00ff01",
    "41, 240, 110, ff0000ff",
    "0, 128, 128, ff000000",
    "255, 128, 128, ffffffff",
    "126, 128, 128, ff808080"
  })
  void yuvIsBt601OfLimitedRange(int y, int u, int v, String argb) {
    FrameLayout layout = FrameLayout.of(PixelFormat.YUV444, 8, 8, 1);
    Picture picture = convert(layout, new int[][] {{y}, {u}, {v}}, 8, 8);
    assertThat(Integer.toHexString(picture.at(7, 7))).isEqualTo(argb);
  }

  @ParameterizedTest
  @EnumSource
  void everyFormatShowsRedWhereRedWasWrittenInOddSizes(PixelFormat format) {
    FrameLayout layout = FrameLayout.of(format, 17, 9, 4);
    int[][] red =
        switch (format) {
          case NV12 -> new int[][] {{81}, {90, 240}};
          case YUV420, YUV422, YUV444 -> new int[][] {{81}, {90}, {240}};
          case XRGB8888 -> new int[][] {{0, 0, 0xfe, 0x12}};
          case ARGB8888 -> new int[][] {{0, 0, 0xfe, 0xff}};
          case YUYV -> new int[][] {{81, 90, 81, 240}};
          case UYVY -> new int[][] {{90, 81, 240, 81}};
          case RGB24 -> new int[][] {{0xfe, 0, 0}};
          case XRGB16161616, ARGB16161616 -> new int[][] {{0, 0, 0, 0, 0xfe, 0xfe, 0xff, 0xff}};
          case RGB565 -> new int[][] {{0x00, 0xf8}};
          case GREY -> new int[][] {{81}};
        };
    String expected =
        switch (format) {
          case RGB565 -> "ffff0000";
          case GREY -> "ff4c4c4c";
          default -> "fffe0000";
        };
    Picture picture = convert(layout, red, 17, 9);
    assertThat(picture.argb()).hasSize(17 * 9);
    for (int pixel : picture.argb()) {
      assertThat(Integer.toHexString(pixel)).isEqualTo(expected);
    }
    assertThat(meter.get(Transfer.READ)).isZero();
    assertThat(meter.get(Transfer.VERIFIED)).isPositive();
  }

  /** Luma counts up from 16 with x + 20 y; the chroma of the last odd column and row differs. */
  @ParameterizedTest
  @EnumSource(names = {"NV12", "YUV420", "YUV422"})
  void chromaIsThatOfTheNearestSample(PixelFormat format) {
    FrameLayout layout = FrameLayout.of(format, 5, 3, 1);
    try (Arena arena = Arena.ofConfined()) {
      FrameView view = new FrameView(List.of(arena.allocate(layout.size())), meter);
      for (int y = 0; y < 3; y++) {
        for (int x = 0; x < 5; x++) {
          view.write(y * 5L + x, new byte[] {(byte) 126}, 0, 1);
        }
      }
      boolean interleaved = format == PixelFormat.NV12;
      int rows = format == PixelFormat.YUV422 ? 3 : 2;
      for (int y = 0; y < rows; y++) {
        for (int x = 0; x < 3; x++) {
          boolean corner = x == 2 && y == rows - 1;
          byte[] v = {(byte) (corner ? 240 : 128)};
          byte[] u = {(byte) 128};
          FrameLayout.Plane first = layout.planes().get(1);
          FrameLayout.Plane second = layout.planes().getLast();
          long row = (long) y * first.pitch();
          view.write(first.offset() + row + (interleaved ? 2 * x : x), u, 0, 1);
          view.write(second.offset() + row + (interleaved ? 2 * x + 1 : x), v, 0, 1);
        }
      }
      Picture picture = RgbConverter.convert(view, layout, 5, 3);
      for (int y = 0; y < 3; y++) {
        for (int x = 0; x < 5; x++) {
          boolean corner = x == 4 && y == 2;
          assertThat(picture.at(x, y) == 0xff808080).as("grey at %d,%d", x, y).isEqualTo(!corner);
        }
      }
    }
  }

  @Test
  void rgb565IsWidenedToTheFullRange() {
    FrameLayout layout = FrameLayout.of(PixelFormat.RGB565, 8, 8, 1);
    assertThat(convert(layout, new int[][] {{0xff, 0xff}}, 8, 8).at(3, 3)).isEqualTo(0xffffffff);
    assertThat(convert(layout, new int[][] {{0xe0, 0x07}}, 8, 8).at(3, 3)).isEqualTo(0xff00ff00);
    assertThat(convert(layout, new int[][] {{0x1f, 0x00}}, 8, 8).at(3, 3)).isEqualTo(0xff0000ff);
  }

  @Test
  void aModeSmallerThanTheFrameShowsItsUpperLeftPart() {
    FrameLayout layout = FrameLayout.of(PixelFormat.GREY, 4, 2, 1);
    try (Arena arena = Arena.ofConfined()) {
      FrameView view = new FrameView(List.of(arena.allocate(layout.size())), meter);
      view.write(0, new byte[] {16, (byte) 235, 16, 16, (byte) 235, 16, 16, 16}, 0, 8);
      Picture picture = RgbConverter.convert(view, layout, 2, 2);
      assertThat(picture.argb()).containsExactly(0xff000000, -1, -1, 0xff000000);
    }
  }

  /** Fills each plane with its sample, in memory of pages that are cut up. */
  private Picture convert(FrameLayout layout, int[][] samples, int width, int height) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(layout.size());
      long cut = layout.size() / 3 + 1;
      FrameView view = new FrameView(List.of(memory.asSlice(0, cut), memory.asSlice(cut)), meter);
      for (int p = 0; p < samples.length; p++) {
        FrameLayout.Plane plane = layout.planes().get(p);
        byte[] row = new byte[plane.rowBytes()];
        for (int x = 0; x < row.length; x++) {
          row[x] = (byte) samples[p][x % samples[p].length];
        }
        for (int y = 0; y < plane.rows(); y++) {
          view.write(plane.offset() + (long) y * plane.pitch(), row, 0, row.length);
        }
      }
      return RgbConverter.convert(view, layout, width, height);
    }
  }
}
