package org.dmabuf.itests;

import java.util.zip.CRC32C;
import org.dmabuf.format.PixelFormat;

/**
 * What a frame of the test picture must look like, pixel by pixel and from the standard's table of
 * colour bars: eight bars next to each other, and a white mark along the top that is elsewhere in
 * each frame. Dense, the planes one after the other.
 *
 * @param format one of those that are known here
 * @param number which frame of its stream, from 0
 * @param flipped whether its top is at the bottom
 */
record BarsFrame(PixelFormat format, int width, int height, long number, boolean flipped) {
  private static final int MARKS = 16;
  private static final int WHITE = 0;

  /** R, G, B of the bars; then Y, U, V of BT.601 in the limited range, of which they are made. */
  private static final int[][] BARS = {
    {255, 255, 255, 235, 128, 128},
    {255, 255, 0, 210, 16, 146},
    {0, 255, 255, 170, 166, 16},
    {0, 255, 0, 145, 54, 34},
    {255, 0, 255, 106, 202, 222},
    {255, 0, 0, 81, 90, 240},
    {0, 0, 255, 41, 240, 110},
    {0, 0, 0, 16, 128, 128}
  };

  /** Returns which bar a pixel of the picture is of. */
  private int bar(int x, int y) {
    int upright = flipped ? height - 1 - y : y;
    boolean marked = upright < height / MARKS && x * MARKS / width == number % MARKS;
    return marked ? WHITE : x * BARS.length / width;
  }

  private int red(int x, int y) {
    return BARS[bar(x, y)][0];
  }

  private int green(int x, int y) {
    return BARS[bar(x, y)][1];
  }

  private int blue(int x, int y) {
    return BARS[bar(x, y)][2];
  }

  private int luma(int x, int y) {
    return BARS[bar(x, y)][3];
  }

  /**
   * U (0) or V (1) of a pixel, which is that of the left one of two; rows are told by the caller.
   */
  private int chroma(int x, int y, int which) {
    return BARS[bar(x & ~1, y)][4 + which];
  }

  /** The row whose chroma a row of 4:2:0 has: the upper one of two, as the picture was made. */
  private int shared(int y) {
    return flipped ? y | 1 : y & ~1;
  }

  /** Returns its bytes as they lie in memory. */
  byte[] bytes() {
    return switch (format) {
      case NV12 -> nv12();
      case YUYV -> rows(2, (x, y, i) -> i == 0 ? luma(x, y) : chroma(x, y, x & 1));
      case GREY -> rows(1, (x, y, i) -> luma(x, y));
      case XRGB8888 -> rows(4, (x, y, i) -> new int[] {blue(x, y), green(x, y), red(x, y), 255}[i]);
      case RGB565 -> rows(2, (x, y, i) -> (rgb565(x, y) >> (8 * i)) & 0xff);
      default -> throw new IllegalArgumentException("bars as " + format);
    };
  }

  private int rgb565(int x, int y) {
    return ((red(x, y) / 8) << 11) | ((green(x, y) / 4) << 5) | (blue(x, y) / 8);
  }

  private byte[] nv12() {
    byte[] bytes = new byte[width * height * 3 / 2];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        bytes[y * width + x] = (byte) luma(x, y);
        bytes[width * height + y / 2 * width + x] = (byte) chroma(x, shared(y), x & 1);
      }
    }
    return bytes;
  }

  private interface Sample {
    int of(int x, int y, int i);
  }

  private byte[] rows(int bytesOfPixel, Sample sample) {
    byte[] bytes = new byte[width * height * bytesOfPixel];
    int at = 0;
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        for (int i = 0; i < bytesOfPixel; i++) {
          bytes[at++] = (byte) sample.of(x, y, i);
        }
      }
    }
    return bytes;
  }

  /** Returns the colours that a screen makes of its bytes, 0xAARRGGBB, row by row. */
  int[] argb() {
    int[] argb = new int[width * height];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        argb[y * width + x] = 0xff000000 | rgb(x, y);
      }
    }
    return argb;
  }

  private int rgb(int x, int y) {
    return switch (format) {
      case NV12 -> decoded(luma(x, y), chroma(x, shared(y), 0), chroma(x, shared(y), 1));
      case YUYV -> decoded(luma(x, y), chroma(x, y, 0), chroma(x, y, 1));
      case GREY -> decoded(luma(x, y), 128, 128);
      case RGB565 -> {
        int code = rgb565(x, y);
        yield widened(code >> 11, 5) << 16
            | widened(code >> 5 & 63, 6) << 8
            | widened(code & 31, 5);
      }
      default -> red(x, y) << 16 | green(x, y) << 8 | blue(x, y);
    };
  }

  /** The highest bits are repeated below the lowest. */
  private static int widened(int value, int bits) {
    return (value << (8 - bits)) | (value >> (2 * bits - 8));
  }

  /** BT.601, limited range. */
  private static int decoded(int luma, int u, int v) {
    double y = (luma - 16) * 255.0 / 219;
    double cb = (u - 128) * 255.0 / 224;
    double cr = (v - 128) * 255.0 / 224;
    double kr = 0.299;
    double kb = 0.114;
    int red = cut(y + 2 * (1 - kr) * cr);
    int green =
        cut(y - 2 * (1 - kb) * kb / (1 - kr - kb) * cb - 2 * (1 - kr) * kr / (1 - kr - kb) * cr);
    int blue = cut(y + 2 * (1 - kb) * cb);
    return red << 16 | green << 8 | blue;
  }

  private static int cut(double value) {
    return (int) Math.clamp(Math.floor(value + 0.5), 0, 255);
  }

  static long checksum(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return crc.getValue();
  }

  static long checksum(int[] argb) {
    CRC32C crc = new CRC32C();
    for (int colour : argb) {
      for (int bits = 24; bits >= 0; bits -= 8) {
        crc.update(colour >> bits & 0xff);
      }
    }
    return crc.getValue();
  }
}
