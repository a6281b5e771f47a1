package org.dmabuf.display.kms;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.display.Mode;
import org.dmabuf.display.Picture;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.Transfer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What a frame of each format looks like on the screen, in the default colour space. */
final class PictureTest {
  private final DmaBufCore core = DmaBufCore.create();
  private final DmaBufRegistry client = core.open("client");

  @AfterEach
  void close() {
    core.close();
  }

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
  void shouldShowYuvAsBt601OfLimitedRange(int y, int u, int v, String argb) {
    FrameLayout layout = FrameLayout.of(PixelFormat.YUV444, 8, 8, 1);
    Picture picture = shown(layout, new int[][] {{y}, {u}, {v}}, 8, 8);
    assertThat(Integer.toHexString(picture.at(7, 7))).isEqualTo(argb);
  }

  @ParameterizedTest
  @EnumSource
  void shouldShowRedWhereRedWasWrittenInEveryFormatAndOddSizes(PixelFormat format) {
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
    Picture picture = shown(layout, red, 17, 9);
    assertThat(picture.argb()).hasSize(17 * 9);
    for (int pixel : picture.argb()) {
      assertThat(Integer.toHexString(pixel)).isEqualTo(expected);
    }
    assertThat(client.meter().get(Transfer.READ)).isZero();
    assertThat(client.meter().get(Transfer.VERIFIED)).isPositive();
  }

  /** All is grey but where the last odd column and row have a chroma sample of their own. */
  @ParameterizedTest
  @EnumSource(names = {"NV12", "YUV420", "YUV422"})
  void shouldTakeTheChromaOfTheNearestSample(PixelFormat format) {
    FrameLayout layout = FrameLayout.of(format, 5, 3, 1);
    TestMemory memory = filled(layout, new int[][] {{126}, {128}, {128}});
    FrameLayout.Plane v = layout.planes().getLast();
    long last = v.offset() + (long) (v.rows() - 1) * v.pitch() + v.rowBytes() - 1;
    memory.view().write(last, new byte[] {(byte) 240}, 0, 1);
    Picture picture = shown(layout, memory, 5, 3);
    for (int y = 0; y < 3; y++) {
      for (int x = 0; x < 5; x++) {
        boolean corner = x == 4 && y == 2;
        assertThat(picture.at(x, y) == 0xff808080).as("grey at %d,%d", x, y).isEqualTo(!corner);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"255, 255, ffffffff", "224, 7, ff00ff00", "31, 0, ff0000ff"})
  void shouldWidenRgb565ToTheFullRange(int low, int high, String argb) {
    FrameLayout layout = FrameLayout.of(PixelFormat.RGB565, 8, 8, 1);
    Picture picture = shown(layout, new int[][] {{low, high}}, 8, 8);
    assertThat(Integer.toHexString(picture.at(3, 3))).isEqualTo(argb);
  }

  @Test
  void shouldShowTheUpperLeftPartInAModeSmallerThanTheFrame() {
    FrameLayout layout = FrameLayout.of(PixelFormat.GREY, 4, 2, 1);
    TestMemory memory = new TestMemory(client, layout.size());
    memory.view().write(0, new byte[] {16, (byte) 235, 16, 16, (byte) 235, 16, 16, 16}, 0, 8);
    assertThat(shown(layout, memory, 2, 2).argb()).containsExactly(0xff000000, -1, -1, 0xff000000);
  }

  private Picture shown(FrameLayout layout, int[][] samples, int width, int height) {
    return shown(layout, filled(layout, samples), width, height);
  }

  private TestMemory filled(FrameLayout layout, int[][] samples) {
    TestMemory memory = new TestMemory(client, layout.size());
    FrameView view = memory.view();
    for (int p = 0; p < layout.planes().size(); p++) {
      FrameLayout.Plane plane = layout.planes().get(p);
      byte[] row = new byte[plane.rowBytes()];
      for (int x = 0; x < row.length; x++) {
        row[x] = (byte) samples[p][x % samples[p].length];
      }
      for (int y = 0; y < plane.rows(); y++) {
        view.write(plane.offset() + (long) y * plane.pitch(), row, 0, row.length);
      }
    }
    return memory;
  }

  /** Shows a frame in the corner of a screen. */
  private Picture shown(FrameLayout layout, TestMemory memory, int width, int height) {
    Mode mode = new Mode(width, height, 60_000);
    KmsInfo info =
        new KmsInfo(
            "kms",
            List.of(PixelFormat.values()),
            1,
            64,
            List.of(new KmsInfo.Screen(List.of(mode), 0, false, false)),
            Set.of());
    try (KmsDevice device = KmsDevice.start(core.open("display"), info)) {
      KmsFile file = device.open(client.files());
      Crtc crtc = device.crtcs().getFirst();
      Framebuffer frame = file.addFramebuffer(FramebufferRequest.of(layout, memory));
      file.commit(
          new AtomicRequest()
              .light(crtc, device.connectors().getFirst(), mode)
              .show(device.planes().getFirst(), crtc, frame),
          AtomicFlag.ALLOW_MODESET);
      return file.snapshot(crtc).orElseThrow();
    }
  }
}
