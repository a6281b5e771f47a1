package org.dmabuf.media;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class FramePackerTest {
  private static final int[] COLOURS = {
    0xffffff, 0x000000, 0xff0000, 0x00ff00, 0x0000ff, 0x808080, 0xc04020
  };

  @ParameterizedTest
  @EnumSource
  void aPlainPictureKeepsItsColourInEveryFormatAndOddSize(PixelFormat format) {
    for (int colour : COLOURS) {
      int[] argb = new int[17 * 19];
      Arrays.fill(argb, 0xff00_0000 | colour);
      TestFrame frame = pack(new ArgbRows(new Picture(17, 19, argb)), format, 17, 19, 16);
      int expected =
          format == PixelFormat.GREY
              ? Colours.LIMITED.argb(Colours.y(colour), 128, 128) & 0xffffff
              : colour;
      for (int[] at : new int[][] {{0, 0}, {16, 18}, {8, 9}, {16, 0}, {0, 18}}) {
        assertThat(TestFrame.distance(frame.rgb(at[0], at[1]), expected))
            .as("%06x at %d,%d", colour, at[0], at[1])
            .isLessThan(9);
      }
    }
  }

  @Test
  void knowsTheStandardsOwnNumbers() {
    assertThat(new int[] {Colours.y(0xffffff), Colours.u(0xffffff), Colours.v(0xffffff)})
        .containsExactly(235, 128, 128);
    assertThat(new int[] {Colours.y(0xff0000), Colours.u(0xff0000), Colours.v(0xff0000)})
        .containsExactly(82, 90, 240);
    assertThat(Colours.LIMITED.argb(235, 128, 128)).isEqualTo(0xffffffff);
    assertThat(Colours.LIMITED.argb(16, 128, 128)).isEqualTo(0xff000000);
    assertThat(Colours.FULL.argb(255, 128, 128)).isEqualTo(0xffffffff);
    assertThat(Colours.FULL.argb(76, 85, 255)).isEqualTo(0xfffe0000);
  }

  @ParameterizedTest
  @CsvSource({"YUV420, NV12", "YUV420, YUV422", "YUV420, YUV444", "YUV422, YUV444", "GREY, NV12"})
  void chromaThatIsOnlySpreadOutOrRearrangedComesBackUnchanged(PixelFormat from, PixelFormat to) {
    FrameLayout layout = FrameLayout.of(from, 17, 19, 1);
    byte[] original = new byte[(int) layout.size()];
    new SplittableRandom(5).nextBytes(original);
    PixelRows rows = new PlanarRows(original, layout, Colours.LIMITED);
    TestFrame there = pack(rows, to, 17, 19, 1);
    PixelRows between =
        to == PixelFormat.NV12
            ? new PlanarRows(
                planar(there), FrameLayout.of(PixelFormat.YUV420, 17, 19, 1), Colours.LIMITED)
            : new PlanarRows(there.memory(), there.layout(), Colours.LIMITED);
    TestFrame back = pack(between, from, 17, 19, 1);
    assertThat(back.memory()).isEqualTo(original);
    assertThat(there.converted()).isEqualTo(there.layout().size());
  }

  /** NV12 as YUV420. */
  private static byte[] planar(TestFrame nv12) {
    int luma = 17 * 19;
    byte[] planar = Arrays.copyOf(nv12.memory(), nv12.memory().length);
    for (int i = 0; i < 90; i++) {
      planar[luma + i] = nv12.memory()[luma + 2 * i];
      planar[luma + 90 + i] = nv12.memory()[luma + 2 * i + 1];
    }
    return planar;
  }

  @Test
  void sharedChromaIsTheMeanOfItsPixels() {
    byte[] data = new byte[3 * 4];
    System.arraycopy(new byte[] {10, 20, 30, 43}, 0, data, 4, 4);
    PixelRows rows =
        new PlanarRows(data, FrameLayout.of(PixelFormat.YUV444, 2, 2, 1), Colours.LIMITED);
    assertThat(pack(rows, PixelFormat.YUV420, 2, 2, 1).at(1, 0, 0)).isEqualTo(26);
    assertThat(pack(rows, PixelFormat.YUV422, 2, 2, 1).at(1, 0, 1)).isEqualTo(37);
  }

  @Test
  void alphaIsKeptOrLaidOverBlack() {
    PixelRows rows = new ArgbRows(new Picture(1, 1, new int[] {0x80ff8040}));
    TestFrame kept = pack(rows, PixelFormat.ARGB8888, 1, 1, 1);
    assertThat(kept.memory()).containsExactly(0x40, 0x80, 0xff, 0x80);
    TestFrame opaque = pack(rows, PixelFormat.XRGB8888, 1, 1, 1);
    assertThat(opaque.memory()).containsExactly(0x20, 0x40, 0x80, 0xff);
  }

  @Test
  void scalingTakesTheNearestPixelOfAFrameAndTheMeanOfAPicture() {
    byte[] data = {1, 2, 3, 4};
    PixelRows rows =
        new PlanarRows(data, FrameLayout.of(PixelFormat.GREY, 2, 2, 1), Colours.LIMITED);
    TestFrame larger = pack(new ScaledRows(rows, 4, 3), PixelFormat.GREY, 4, 3, 1);
    assertThat(larger.memory()).containsExactly(1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4);
    Picture picture = new Picture(2, 2, new int[] {0xff000000, 0xff020000, 0xff040000, 0xff060000});
    assertThat(picture.scaledTo(1, 1).argb()).containsExactly(0xff030000);
    assertThat(picture.scaledTo(4, 2).argb())
        .containsExactly(
            0xff000000,
            0xff000000,
            0xff020000,
            0xff020000,
            0xff040000,
            0xff040000,
            0xff060000,
            0xff060000);
  }

  private static TestFrame pack(
      PixelRows rows, PixelFormat format, int width, int height, int align) {
    TestFrame frame = TestFrame.of(format, width, height, align);
    new FramePacker(format, width, height).pack(rows, frame.target().converting());
    return frame;
  }
}
