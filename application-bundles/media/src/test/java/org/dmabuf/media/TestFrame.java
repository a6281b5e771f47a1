package org.dmabuf.media;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.zip.CRC32C;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.FrameLayout.Plane;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.Transfer;
import org.dmabuf.memory.TransferMeter;
import org.dmabuf.video.FrameTarget;
import org.dmabuf.video.SourceInfo;

/** A frame in an array, to be filled by a source and looked at by a test. */
final class TestFrame {
  static final String WRITER = "v4l2 1.0.1";

  private final FrameLayout layout;
  private final byte[] memory;
  private final TransferMeter meter = new TransferMeter();

  private TestFrame(FrameLayout layout) {
    this.layout = layout;
    this.memory = new byte[(int) layout.size()];
  }

  FrameLayout layout() {
    return layout;
  }

  byte[] memory() {
    return memory;
  }

  static TestFrame of(PixelFormat format, int width, int height, int align) {
    return new TestFrame(FrameLayout.of(format, width, height, align));
  }

  static TestFrame of(SourceInfo info) {
    return of(info.format(), info.width(), info.height(), 1);
  }

  FrameTarget target() {
    return target(WRITER);
  }

  FrameTarget target(String writer) {
    return new FrameTarget(
        new FrameView(List.of(MemorySegment.ofArray(memory)), meter), layout, writer);
  }

  long converted() {
    return meter.get(Transfer.CONVERTED);
  }

  long written() {
    return meter.get(Transfer.WRITTEN);
  }

  int at(int plane, int x, int y) {
    Plane p = layout.planes().get(plane);
    return memory[(int) p.offset() + p.pitch() * y + x] & 0xff;
  }

  /** A pixel as 0xRRGGBB, with the chroma sample that covers it. */
  int rgb(int x, int y) {
    return switch (layout.format()) {
      case XRGB8888, ARGB8888 ->
          at(0, 4 * x + 2, y) << 16 | at(0, 4 * x + 1, y) << 8 | at(0, 4 * x, y);
      case RGB565 -> {
        int code = at(0, 2 * x + 1, y) << 8 | at(0, 2 * x, y);
        yield (code >> 11) << 19 | (code >> 5 & 63) << 10 | (code & 31) << 3;
      }
      case RGB24 -> at(0, 3 * x, y) << 16 | at(0, 3 * x + 1, y) << 8 | at(0, 3 * x + 2, y);
      case XRGB16161616, ARGB16161616 ->
          at(0, 8 * x + 5, y) << 16 | at(0, 8 * x + 3, y) << 8 | at(0, 8 * x + 1, y);
      case YUYV -> yuv(at(0, 2 * x, y), at(0, pair(x) + 1, y), at(0, pair(x) + 3, y));
      case UYVY -> yuv(at(0, 2 * x + 1, y), at(0, pair(x), y), at(0, pair(x) + 2, y));
      case GREY -> yuv(at(0, x, y), 128, 128);
      case NV12 -> yuv(at(0, x, y), at(1, x / 2 * 2, y / 2), at(1, x / 2 * 2 + 1, y / 2));
      case YUV420 -> yuv(at(0, x, y), at(1, x / 2, y / 2), at(2, x / 2, y / 2));
      case YUV422 -> yuv(at(0, x, y), at(1, x / 2, y), at(2, x / 2, y));
      case YUV444 -> yuv(at(0, x, y), at(1, x, y), at(2, x, y));
    };
  }

  /**
   * Where the pair of pixels begins that has all chroma for this one: the last one of an odd row
   * has none.
   */
  private int pair(int x) {
    return Math.min(x / 2, layout.width() / 2 - 1) * 4;
  }

  private static int yuv(int y, int u, int v) {
    return Colours.LIMITED.argb(y, u, v) & 0xffffff;
  }

  long checksum() {
    CRC32C crc = new CRC32C();
    crc.update(memory);
    return crc.getValue();
  }

  static int distance(int rgb, int other) {
    return Math.max(
        Math.abs(Colours.red(rgb) - Colours.red(other)),
        Math.max(
            Math.abs(Colours.green(rgb) - Colours.green(other)),
            Math.abs(Colours.blue(rgb) - Colours.blue(other))));
  }
}
