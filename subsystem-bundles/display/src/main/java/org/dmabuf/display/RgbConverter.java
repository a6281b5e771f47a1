package org.dmabuf.display;

import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.memory.FrameView;
import org.dmabuf.memory.Transfer;

/**
 * The colour conversion of the scan-out: what a pixel of any format looks like on the screen.
 *
 * <pre>
 *   Y'CbCr and GREY   BT.601, limited range: luma 16 to 235, chroma 16 to 240, 128 is none
 *   chroma            of the nearest sample to the left and above
 *   RGB565            widened by repeating its highest bits, so that white is white
 *   ARGB8888          over a black background, pre-multiplied: its colours as they are
 * </pre>
 *
 * <p>Kernel counterpart: the plane's {@code COLOR_ENCODING} and {@code COLOR_RANGE} properties at
 * their defaults, and vkms's composer.
 */
final class RgbConverter {
  private static final int OPAQUE = 0xff00_0000;

  /** BT.601 limited range in 1/65536: luma, V in red, U and V in green, U in blue. */
  private static final int LUMA = 76_309;

  private static final int V_RED = 104_597;
  private static final int U_GREEN = 25_675;
  private static final int V_GREEN = 53_279;
  private static final int U_BLUE = 132_201;

  private RgbConverter() {}

  /**
   * Converts the upper left part of a frame.
   *
   * @param view where the frame lies
   * @param layout how it lies there, at least as large as the picture
   * @param width of the picture in pixels
   * @param height of the picture in rows
   */
  static Picture convert(FrameView view, FrameLayout layout, int width, int height) {
    FrameView verified = view.as(Transfer.VERIFIED);
    int[] argb = new int[width * height];
    byte[][] rows = new byte[layout.planes().size()][];
    for (int y = 0; y < height; y++) {
      for (int p = 0; p < rows.length; p++) {
        int vertical = layout.format().planeShapes().get(p).vertical();
        if (y % vertical == 0) {
          rows[p] = row(verified, layout.planes().get(p), y / vertical, rows[p]);
        }
      }
      convertRow(layout.format(), rows, width, argb, y * width);
    }
    return new Picture(width, height, argb);
  }

  private static byte[] row(FrameView view, FrameLayout.Plane plane, int y, byte[] reused) {
    byte[] row = reused == null ? new byte[plane.rowBytes()] : reused;
    view.read(plane.offset() + (long) y * plane.pitch(), row, 0, row.length);
    return row;
  }

  private static void convertRow(
      PixelFormat format, byte[][] rows, int width, int[] argb, int from) {
    for (int x = 0; x < width; x++) {
      argb[from + x] =
          switch (format) {
            case NV12 -> ofYuv(at(rows[0], x), at(rows[1], x / 2 * 2), at(rows[1], x / 2 * 2 + 1));
            case YUV420, YUV422 -> ofYuv(at(rows[0], x), at(rows[1], x / 2), at(rows[2], x / 2));
            case YUV444 -> ofYuv(at(rows[0], x), at(rows[1], x), at(rows[2], x));
            case YUYV -> {
              int pair = Math.clamp(width / 2 - 1, 0, x / 2) * 4;
              yield ofYuv(at(rows[0], 2 * x), at(rows[0], pair + 1), at(rows[0], pair + 3));
            }
            case UYVY -> {
              int pair = Math.clamp(width / 2 - 1, 0, x / 2) * 4;
              yield ofYuv(at(rows[0], 2 * x + 1), at(rows[0], pair), at(rows[0], pair + 2));
            }
            case RGB24 ->
                OPAQUE
                    | at(rows[0], 3 * x) << 16
                    | at(rows[0], 3 * x + 1) << 8
                    | at(rows[0], 3 * x + 2);
            case XRGB16161616, ARGB16161616 ->
                OPAQUE
                    | at(rows[0], 8 * x + 5) << 16
                    | at(rows[0], 8 * x + 3) << 8
                    | at(rows[0], 8 * x + 1);
            case GREY -> ofYuv(at(rows[0], x), 128, 128);
            case XRGB8888, ARGB8888 ->
                OPAQUE
                    | at(rows[0], 4 * x + 2) << 16
                    | at(rows[0], 4 * x + 1) << 8
                    | at(rows[0], 4 * x);
            case RGB565 -> ofRgb565(at(rows[0], 2 * x) | at(rows[0], 2 * x + 1) << 8);
          };
    }
  }

  private static int at(byte[] row, int index) {
    return row[index] & 0xff;
  }

  private static int ofYuv(int y, int u, int v) {
    int luma = LUMA * (y - 16) + (1 << 15);
    int red = clamp(luma + V_RED * (v - 128));
    int green = clamp(luma - U_GREEN * (u - 128) - V_GREEN * (v - 128));
    int blue = clamp(luma + U_BLUE * (u - 128));
    return OPAQUE | red << 16 | green << 8 | blue;
  }

  private static int clamp(int scaled) {
    return Math.clamp(scaled >> 16, 0, 255);
  }

  private static int ofRgb565(int word) {
    int red = word >> 11;
    int green = word >> 5 & 0x3f;
    int blue = word & 0x1f;
    return OPAQUE
        | (red << 3 | red >> 2) << 16
        | (green << 2 | green >> 4) << 8
        | (blue << 3 | blue >> 2);
  }
}
