package org.dmabuf.media;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.format.PlaneShape;
import org.dmabuf.video.FrameTarget;
import org.dmabuf.video.SourceInfo;
import org.dmabuf.video.SourceRequest;

/**
 * The moving test pattern, endless; every frame follows from its index and the writer's name alone.
 * A subsampled chroma sample has the colour of the upper left pixel of those that share it.
 */
final class PatternReader implements FrameReader {
  static final String LOCATION = "pattern";
  private static final int WIDTH = 640;
  private static final int HEIGHT = 480;
  private static final int RATE = 30;

  private final SourceInfo info;
  private final PatternPicture picture;
  private final byte[] row;

  /** By plane and key; kept from frame to frame for the rows that are still. */
  private final byte[][][] packed;

  private final boolean[][] valid;

  /** By plane: the bytes of one sample for each colour of the palette. */
  private final byte[][][] samples;

  PatternReader(SourceRequest request) {
    int width = request.width().orElse(WIDTH);
    int height = request.height().orElse(HEIGHT);
    PixelFormat format = request.format().orElse(PixelFormat.NV12);
    int denominator = request.rateNumerator().isPresent() ? request.rateDenominator() : 1;
    this.info =
        new SourceInfo(
            LOCATION,
            format,
            width,
            height,
            request.rateNumerator().orElse(RATE),
            denominator,
            OptionalLong.empty(),
            request.live(),
            Optional.empty());
    this.picture = new PatternPicture(width, height);
    this.row = new byte[width];
    int planes = format.planeShapes().size();
    this.packed = new byte[planes][PatternPicture.KEYS][];
    this.valid = new boolean[planes][PatternPicture.KEYS];
    this.samples = samples(format);
  }

  private static byte[][][] samples(PixelFormat format) {
    byte[][][] samples = new byte[format.planeShapes().size()][PatternPicture.PALETTE.length][];
    for (int colour = 0; colour < PatternPicture.PALETTE.length; colour++) {
      int rgb = PatternPicture.PALETTE[colour];
      byte y = (byte) Colours.y(rgb);
      byte u = (byte) Colours.u(rgb);
      byte v = (byte) Colours.v(rgb);
      switch (format) {
        case XRGB8888, ARGB8888 ->
            samples[0][colour] =
                new byte[] {(byte) rgb, (byte) (rgb >> 8), (byte) (rgb >> 16), (byte) 0xff};
        case RGB565 -> {
          int code = FramePacker.rgb565(rgb);
          samples[0][colour] = new byte[] {(byte) code, (byte) (code >> 8)};
        }
        case RGB24 ->
            samples[0][colour] = new byte[] {(byte) (rgb >> 16), (byte) (rgb >> 8), (byte) rgb};
        case XRGB16161616, ARGB16161616 -> {
          byte r = (byte) (rgb >> 16);
          byte g = (byte) (rgb >> 8);
          byte b = (byte) rgb;
          samples[0][colour] = new byte[] {b, b, g, g, r, r, (byte) 0xff, (byte) 0xff};
        }
        case YUYV -> samples[0][colour] = new byte[] {y, u, y, v};
        case UYVY -> samples[0][colour] = new byte[] {u, y, v, y};
        case GREY -> samples[0][colour] = new byte[] {y};
        case NV12 -> {
          samples[0][colour] = new byte[] {y};
          samples[1][colour] = new byte[] {u, v};
        }
        case YUV420, YUV422, YUV444 -> {
          samples[0][colour] = new byte[] {y};
          samples[1][colour] = new byte[] {u};
          samples[2][colour] = new byte[] {v};
        }
      }
    }
    return samples;
  }

  @Override
  public SourceInfo info() {
    return info;
  }

  @Override
  public boolean read(long index, FrameTarget target) {
    picture.begin(index, target.writer());
    List<FrameLayout.Plane> planes = target.layout().planes();
    for (int plane = 0; plane < planes.size(); plane++) {
      for (int key = 0; key < PatternPicture.KEYS; key++) {
        valid[plane][key] &= PatternPicture.isStill(key);
      }
      PlaneShape shape = info.format().planeShapes().get(plane);
      for (int y = 0; y < planes.get(plane).rows(); y++) {
        int key = picture.key(y * shape.vertical());
        if (!valid[plane][key]) {
          pack(plane, key, shape, planes.get(plane).rowBytes());
        }
        target.writeRow(plane, y, packed[plane][key], 0);
      }
    }
    return true;
  }

  private void pack(int plane, int key, PlaneShape shape, int rowBytes) {
    picture.paint(key, row);
    if (packed[plane][key] == null) {
      packed[plane][key] = new byte[rowBytes];
    }
    byte[] to = packed[plane][key];
    byte[][] colours = samples[plane];
    if (colours[0].length > shape.bytes()) {
      pairs(colours, luma(), to);
      valid[plane][key] = true;
      return;
    }
    int at = 0;
    for (int x = 0; x < row.length; x += shape.horizontal()) {
      byte[] sample = colours[row[x]];
      for (byte part : sample) {
        to[at++] = part;
      }
    }
    valid[plane][key] = true;
  }

  /** Where luma is in two pixels that share their chroma: 0 or 1 of each two bytes. */
  private int luma() {
    return info.format() == PixelFormat.YUYV ? 0 : 1;
  }

  /** Two pixels in four bytes: each with its own luma, both with the chroma of the left one. */
  private void pairs(byte[][] colours, int luma, byte[] to) {
    for (int x = 0; x < row.length; x++) {
      byte[] left = colours[row[x & ~1]];
      to[2 * x + luma] = colours[row[x]][luma];
      to[2 * x + 1 - luma] = left[2 * (x & 1) + 1 - luma];
    }
  }

  @Override
  public void close() {
    // Holds nothing but its rows.
  }
}
