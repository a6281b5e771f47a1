package org.dmabuf.importer.v4l2;

import org.dmabuf.video.node.Frame;
import org.dmabuf.video.node.FrameFormat;
import org.dmabuf.video.node.VideoPixels;

/**
 * Writes rows of pixels as a frame of any format, in BT.601 of limited range. Chroma that pixels
 * share is that of the upper left one of them.
 *
 * <p>Keeps its row from frame to frame; not safe for threads.
 */
final class RowPacker {
  private static final int HALF = 1 << 15;

  private byte[] packed = new byte[0];

  /**
   * Writes a row of every plane that has one there.
   *
   * @param rgb 0xRRGGBB for each pixel, as many as the frame is wide
   */
  void write(Frame frame, int y, int[] rgb) {
    FrameFormat format = frame.format();
    for (int part = 0; part < format.parts().size(); part++) {
      VideoPixels.Plane plane = format.pixels().planes().get(part);
      FrameFormat.Part place = format.parts().get(part);
      int row = y / plane.vertical();
      if (y % plane.vertical() == 0 && row < place.rows()) {
        grow(rgb.length * plane.bytes() + plane.bytes());
        pack(format.pixels(), part, rgb);
        frame.writeRow(part, row, packed, 0);
      }
    }
  }

  private void grow(int bytes) {
    if (packed.length < bytes) {
      packed = new byte[bytes];
    }
  }

  private void pack(VideoPixels pixels, int part, int[] rgb) {
    switch (pixels) {
      case YUYV -> interleave(rgb, 0);
      case UYVY -> interleave(rgb, 1);
      case RGB565 -> packed565(rgb);
      case RGB24 -> packed24(rgb);
      case XRGB8888, ARGB8888 -> packed32(rgb);
      case XRGB16161616, ARGB16161616 -> packed64(rgb);
      case GREY -> luma(rgb);
      case NV12, NV12M -> {
        if (part == 0) {
          luma(rgb);
        } else {
          pairs(rgb);
        }
      }
      case YUV420, YUV420M, YUV422 -> {
        if (part == 0) {
          luma(rgb);
        } else {
          chroma(rgb, 2, part == 1);
        }
      }
      case YUV444 -> {
        if (part == 0) {
          luma(rgb);
        } else {
          chroma(rgb, 1, part == 1);
        }
      }
    }
  }

  private void interleave(int[] rgb, int lumaAt) {
    for (int x = 0; x < rgb.length; x++) {
      packed[2 * x + lumaAt] = (byte) y(rgb[x]);
      int shared = rgb[x & ~1];
      packed[2 * x + 1 - lumaAt] = (byte) (x % 2 == 0 ? u(shared) : v(shared));
    }
  }

  private void packed565(int[] rgb) {
    for (int x = 0; x < rgb.length; x++) {
      int code = red(rgb[x]) >> 3 << 11 | green(rgb[x]) >> 2 << 5 | blue(rgb[x]) >> 3;
      packed[2 * x] = (byte) code;
      packed[2 * x + 1] = (byte) (code >> 8);
    }
  }

  private void packed24(int[] rgb) {
    for (int x = 0; x < rgb.length; x++) {
      packed[3 * x] = (byte) red(rgb[x]);
      packed[3 * x + 1] = (byte) green(rgb[x]);
      packed[3 * x + 2] = (byte) blue(rgb[x]);
    }
  }

  private void packed32(int[] rgb) {
    for (int x = 0; x < rgb.length; x++) {
      packed[4 * x] = (byte) blue(rgb[x]);
      packed[4 * x + 1] = (byte) green(rgb[x]);
      packed[4 * x + 2] = (byte) red(rgb[x]);
      packed[4 * x + 3] = (byte) 0xff;
    }
  }

  /** Eight bits become sixteen by being there twice. */
  private void packed64(int[] rgb) {
    for (int x = 0; x < rgb.length; x++) {
      twice(8 * x, blue(rgb[x]));
      twice(8 * x + 2, green(rgb[x]));
      twice(8 * x + 4, red(rgb[x]));
      twice(8 * x + 6, 0xff);
    }
  }

  private void twice(int at, int value) {
    packed[at] = (byte) value;
    packed[at + 1] = (byte) value;
  }

  private void luma(int[] rgb) {
    for (int x = 0; x < rgb.length; x++) {
      packed[x] = (byte) y(rgb[x]);
    }
  }

  private void pairs(int[] rgb) {
    for (int x = 0; x < rgb.length; x += 2) {
      packed[x] = (byte) u(rgb[x]);
      packed[x + 1] = (byte) v(rgb[x]);
    }
  }

  private void chroma(int[] rgb, int horizontal, boolean blueDifference) {
    for (int x = 0; x < rgb.length; x += horizontal) {
      packed[x / horizontal] = (byte) (blueDifference ? u(rgb[x]) : v(rgb[x]));
    }
  }

  private static int red(int rgb) {
    return rgb >> 16 & 0xff;
  }

  private static int green(int rgb) {
    return rgb >> 8 & 0xff;
  }

  private static int blue(int rgb) {
    return rgb & 0xff;
  }

  static int y(int rgb) {
    return ((16_829 * red(rgb) + 33_039 * green(rgb) + 6416 * blue(rgb) + HALF) >> 16) + 16;
  }

  static int u(int rgb) {
    return ((-9714 * red(rgb) - 19_070 * green(rgb) + 28_784 * blue(rgb) + HALF) >> 16) + 128;
  }

  static int v(int rgb) {
    return ((28_784 * red(rgb) - 24_103 * green(rgb) - 4681 * blue(rgb) + HALF) >> 16) + 128;
  }
}
