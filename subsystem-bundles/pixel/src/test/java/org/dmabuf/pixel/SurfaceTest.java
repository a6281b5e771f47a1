package org.dmabuf.pixel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.TransferMeter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SurfaceTest {
  private final TransferMeter meter = new TransferMeter();
  private final PixelConverter converter = new PixelConverter(Acceleration.SCALAR);

  /** Format, size, offset and pitch of the first plane, bytes of the buffer. */
  @ParameterizedTest
  @CsvSource({
    "GREY, 16, 16, 0, 15, 256",
    "GREY, 16, 16, 0, 16, 255",
    "GREY, 16, 16, 1, 16, 256",
    "GREY, 16, 16, -1, 16, 256",
    "GREY, 0, 16, 0, 16, 256",
    "GREY, 16, 65536, 0, 16, 256",
    "XRGB8888, 16, 2, 0, 63, 128",
    "YUYV, 17, 2, 0, 33, 128",
    "RGB24, 16, 2, 0, 2000000000, 128"
  })
  void planesThatDoNotFitShouldBeRefused(
      PixelFormat format, int width, int height, long offset, int pitch, int bytes) {
    SurfacePlane plane = new SurfacePlane(view(new byte[bytes]), offset, pitch);
    assertThatThrownBy(() -> Surface.of(format, width, height, List.of(plane)))
        .isInstanceOfSatisfying(
            DmaBufException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL));
  }

  @Test
  void theNumberOfPlanesShouldBeTheFormats() {
    SurfacePlane plane = new SurfacePlane(view(new byte[1000]), 0, 16);
    assertThatThrownBy(() -> Surface.of(PixelFormat.NV12, 16, 16, List.of(plane)))
        .isInstanceOfSatisfying(
            DmaBufException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EINVAL))
        .hasMessageContaining("2 planes");
  }

  @Test
  void theLastRowNeedsNoPadding() {
    byte[] bytes = new byte[64 + 10];
    bytes[64 + 9] = 7;
    Surface surface =
        Surface.of(PixelFormat.GREY, 10, 2, List.of(new SurfacePlane(view(bytes), 0, 64)));
    byte[] copy = new byte[20];
    converter.convert(surface, grey(copy, 10, 2));
    assertThat(copy[19]).isEqualTo((byte) 7);
  }

  /** V4L2's NV12 of an odd size: rows of 5 bytes, 1.5 times the luma in all. */
  @Test
  void chromaThatIsMissingAtAnOddEdgeShouldBeThatBeforeIt() {
    byte[] bytes = new byte[5 * 5 * 3 / 2];
    Arrays.fill(bytes, 0, 25, (byte) 100);
    byte[] chroma = {10, 20, 30, 40, 99, 50, 60, 70, 80, 99};
    System.arraycopy(chroma, 0, bytes, 25, 10);
    FrameView view = view(bytes);
    Surface tight =
        Surface.of(
            PixelFormat.NV12,
            5,
            5,
            List.of(new SurfacePlane(view, 0, 5), new SurfacePlane(view, 25, 5)));
    byte[] all = new byte[75];
    Surface full = Surface.of(view(all), FrameLayout.of(PixelFormat.YUV444, 5, 5, 1));
    converter.convert(tight, full);
    assertThat(Arrays.copyOfRange(all, 25, 30)).containsExactly(10, 10, 30, 30, 30);
    assertThat(Arrays.copyOfRange(all, 40, 45)).containsExactly(50, 50, 70, 70, 70);
    assertThat(Arrays.copyOfRange(all, 45, 50)).containsExactly(50, 50, 70, 70, 70);
    byte[] one = new byte[1];
    converter.convert(
        tight,
        Sampling.whole(tight).with(Crop.of(new Region(4, 4, 1, 1))),
        grey(one, 1, 1),
        new Region(0, 0, 1, 1));
    assertThat(one[0]).isEqualTo((byte) 100);
  }

  @Test
  void chromaThatHasNoRoomAtAnOddEdgeShouldNotBeWritten() {
    byte[] bytes = new byte[5 * 5 * 3 / 2];
    byte[] after = bytes.clone();
    FrameView view = view(bytes);
    Surface tight =
        Surface.of(
            PixelFormat.NV12,
            5,
            5,
            List.of(new SurfacePlane(view, 0, 5), new SurfacePlane(view, 25, 5)));
    byte[] white = new byte[25];
    Arrays.fill(white, (byte) 235);
    converter.convert(grey(white, 5, 5), tight);
    Arrays.fill(after, 0, 25, (byte) 235);
    for (int pair : new int[] {25, 27, 30, 32}) {
      after[pair] = (byte) 128;
      after[pair + 1] = (byte) 128;
    }
    assertThat(bytes).isEqualTo(after);
  }

  /** YUYV has two bytes for each pixel: the last one of an odd row has no V. */
  @Test
  void theLastPixelOfAnOddPackedRowShouldHaveTheChromaBeforeIt() {
    byte[] yuyv = {1, 11, 2, 21, 3, 12, 4, 22, 5, 99};
    byte[] all = new byte[15];
    converter.convert(
        Surface.of(view(yuyv), FrameLayout.of(PixelFormat.YUYV, 5, 1, 1)),
        Surface.of(view(all), FrameLayout.of(PixelFormat.YUV444, 5, 1, 1)));
    assertThat(all).containsExactly(1, 2, 3, 4, 5, 11, 11, 12, 12, 12, 21, 21, 22, 22, 22);
    byte[] last = new byte[3];
    Surface source = Surface.of(view(yuyv), FrameLayout.of(PixelFormat.YUYV, 5, 1, 1));
    converter.convert(
        source,
        Sampling.whole(source).with(Crop.of(new Region(4, 0, 1, 1))),
        Surface.of(view(last), FrameLayout.of(PixelFormat.YUV444, 1, 1, 1)),
        new Region(0, 0, 1, 1));
    assertThat(last).containsExactly(5, 12, 22);
  }

  private Surface grey(byte[] bytes, int width, int height) {
    return Surface.of(view(bytes), FrameLayout.of(PixelFormat.GREY, width, height, 1));
  }

  private FrameView view(byte[] bytes) {
    return new FrameView(List.of(MemorySegment.ofArray(bytes)), meter);
  }
}
