package org.dmabuf.media;

import org.dmabuf.format.PixelFormat;
import org.dmabuf.video.FrameTarget;

/**
 * Writes rows of whole pixels as a frame of any format. Chroma of fewer samples is the mean of the
 * pixels that share it, so that chroma which was spread out from the same arrangement comes back
 * unchanged.
 *
 * <pre>
 *   rows 0, 1 -> luma row 0, luma row 1, chroma row 0
 *   rows 2, 3 -> luma row 2, luma row 3, chroma row 1
 *   a last odd row is its own pair
 * </pre>
 *
 * <p>Not safe for threads: keeps its row buffers.
 */
final class FramePacker {
  private final PixelFormat format;
  private final int width;
  private final int height;
  private final byte[][] upper;
  private final byte[][] lower;
  private final int[] pixels;
  private final byte[] packed;

  FramePacker(PixelFormat format, int width, int height) {
    this.format = format;
    this.width = width;
    this.height = height;
    this.upper = new byte[3][format.isRgb() ? 0 : width];
    this.lower = new byte[3][format.isRgb() ? 0 : width];
    this.pixels = new int[format.isRgb() ? width : 0];
    this.packed = new byte[format.isRgb() ? 8 * width : 2 * width + 2];
  }

  void pack(PixelRows rows, FrameTarget target) {
    if (format.isRgb()) {
      packRgb(rows, target);
    } else {
      packYuv(rows, target);
    }
  }

  private void packRgb(PixelRows rows, FrameTarget target) {
    for (int y = 0; y < height; y++) {
      rows.argb(y, pixels);
      switch (format) {
        case ARGB8888 -> words(true);
        case XRGB8888 -> words(false);
        case RGB24 -> triples();
        case ARGB16161616 -> wide(true);
        case XRGB16161616 -> wide(false);
        default -> halfWords();
      }
      target.writeRow(0, y, packed, 0);
    }
  }

  private void words(boolean alpha) {
    for (int x = 0; x < width; x++) {
      int argb = alpha ? pixels[x] : Colours.overBlack(pixels[x]);
      packed[4 * x] = (byte) argb;
      packed[4 * x + 1] = (byte) (argb >> 8);
      packed[4 * x + 2] = (byte) (argb >> 16);
      packed[4 * x + 3] = (byte) (argb >> 24);
    }
  }

  private void triples() {
    for (int x = 0; x < width; x++) {
      int rgb = Colours.overBlack(pixels[x]);
      packed[3 * x] = (byte) (rgb >> 16);
      packed[3 * x + 1] = (byte) (rgb >> 8);
      packed[3 * x + 2] = (byte) rgb;
    }
  }

  /** Sixteen bits of each: the eight there are, twice, so that white stays white. */
  private void wide(boolean alpha) {
    for (int x = 0; x < width; x++) {
      int argb = alpha ? pixels[x] : Colours.overBlack(pixels[x]);
      for (int part = 0; part < 4; part++) {
        byte value = (byte) (argb >> (8 * part));
        packed[8 * x + 2 * part] = value;
        packed[8 * x + 2 * part + 1] = value;
      }
    }
  }

  private void halfWords() {
    for (int x = 0; x < width; x++) {
      int code = rgb565(Colours.overBlack(pixels[x]));
      packed[2 * x] = (byte) code;
      packed[2 * x + 1] = (byte) (code >> 8);
    }
  }

  static int rgb565(int rgb) {
    return Colours.red(rgb) >> 3 << 11 | Colours.green(rgb) >> 2 << 5 | Colours.blue(rgb) >> 3;
  }

  private void packYuv(PixelRows rows, FrameTarget target) {
    for (int y = 0; y < height; y += 2) {
      boolean pair = y + 1 < height;
      rows.yuv(y, upper[0], upper[1], upper[2]);
      if (pair) {
        rows.yuv(y + 1, lower[0], lower[1], lower[2]);
      }
      boolean packedYuv = format == PixelFormat.YUYV || format == PixelFormat.UYVY;
      if (!packedYuv) {
        target.writeRow(0, y, upper[0], 0);
        if (pair) {
          target.writeRow(0, y + 1, lower[0], 0);
        }
      }
      switch (format) {
        case YUYV, UYVY -> {
          int luma = format == PixelFormat.YUYV ? 0 : 1;
          pairs(upper, luma);
          target.writeRow(0, y, packed, 0);
          if (pair) {
            pairs(lower, luma);
            target.writeRow(0, y + 1, packed, 0);
          }
        }
        case NV12 -> {
          for (int plane = 1; plane <= 2; plane++) {
            mean(upper[plane], (pair ? lower : upper)[plane], plane - 1, 2);
          }
          target.writeRow(1, y / 2, packed, 0);
        }
        case YUV420 -> {
          for (int plane = 1; plane <= 2; plane++) {
            mean(upper[plane], (pair ? lower : upper)[plane], 0, 1);
            target.writeRow(plane, y / 2, packed, 0);
          }
        }
        case YUV422 -> {
          halve(upper, y, target);
          if (pair) {
            halve(lower, y + 1, target);
          }
        }
        case YUV444 -> {
          for (int plane = 1; plane <= 2; plane++) {
            target.writeRow(plane, y, upper[plane], 0);
            if (pair) {
              target.writeRow(plane, y + 1, lower[plane], 0);
            }
          }
        }
        default -> {
          // GREY has no chroma.
        }
      }
    }
  }

  /** Two pixels in four bytes, with luma at 0 and 2 or at 1 and 3. */
  private void pairs(byte[][] row, int luma) {
    mean(row[1], row[1], 1 - luma, 4);
    mean(row[2], row[2], 3 - luma, 4);
    for (int x = 0; x < width; x++) {
      packed[2 * x + luma] = row[0][x];
    }
  }

  private void halve(byte[][] row, int y, FrameTarget target) {
    for (int plane = 1; plane <= 2; plane++) {
      mean(row[plane], row[plane], 0, 1);
      target.writeRow(plane, y, packed, 0);
    }
  }

  /** The mean of 2x2 values, for each pair of columns; the last column of an odd width twice. */
  private void mean(byte[] above, byte[] below, int first, int step) {
    int to = first;
    for (int x = 0; x < width; x += 2) {
      int next = Math.min(x + 1, width - 1);
      int sum = (above[x] & 0xff) + (above[next] & 0xff) + (below[x] & 0xff) + (below[next] & 0xff);
      packed[to] = (byte) ((sum + 2) >> 2);
      to += step;
    }
  }
}
