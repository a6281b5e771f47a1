package org.dmabuf.pixel;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Arrays;
import org.dmabuf.format.PixelFormat;

/**
 * What the documentation says, pixel by pixel, slowly: in decimal or rational numbers, without a
 * table, a row or a shift.
 */
final class Reference {
  private static final BigDecimal UNIT = new BigDecimal(65_536);

  private Reference() {}

  /** A picture as colours: alpha and three samples for each pixel. */
  interface Colours {
    int[] at(int x, int y);
  }

  static boolean isWide(PixelFormat format) {
    return format.name().endsWith("16161616");
  }

  static boolean hasAlpha(PixelFormat format) {
    return format.name().startsWith("A");
  }

  /** What {@link PixelConverter} writes: the bytes of the destination as they should be. */
  static byte[] convert(
      TestPicture source,
      ColorSpace from,
      Sampling sampling,
      TestPicture destination,
      ColorSpace to,
      Region place) {
    boolean yuvIn = !source.format.isRgb();
    boolean yuvOut = !destination.format.isRgb();
    boolean same = yuvIn && yuvOut && from.equals(to);
    boolean wide = isWide(destination.format);
    Colours read =
        (x, y) -> {
          int[] samples = source.samples(x, y);
          if (isWide(source.format)) {
            return samples;
          }
          return each(yuvIn && !same ? toRgb(samples, from) : samples, v -> v * 257);
        };
    Colours sampled = sample(read, sampling, place.width(), place.height());
    int[][][] written = new int[place.height()][place.width()][];
    for (int y = 0; y < place.height(); y++) {
      for (int x = 0; x < place.width(); x++) {
        int[] colour = sampled.at(x, y);
        if (!wide) {
          colour = each(colour, v -> nearest(v, 257));
        }
        if (yuvOut && !same) {
          colour = fromRgb(colour, to);
        }
        written[y][x] = colour;
      }
    }
    return store(written, destination, place);
  }

  interface Each {
    int of(int value);
  }

  static int[] each(int[] samples, Each function) {
    return Arrays.stream(samples).map(function::of).toArray();
  }

  static int nearest(long value, long by) {
    return new BigDecimal(value).divide(new BigDecimal(by), 0, RoundingMode.HALF_UP).intValue();
  }

  /** The coefficient in 1/65536, rounded. */
  private static double fixed(BigDecimal coefficient) {
    return coefficient.multiply(UNIT).setScale(0, RoundingMode.HALF_UP).doubleValue() / 65_536;
  }

  private static BigDecimal divide(BigDecimal a, BigDecimal b) {
    return a.divide(b, 30, RoundingMode.HALF_EVEN);
  }

  private static BigDecimal red(ColorSpace space) {
    return switch (space.encoding()) {
      case BT601 -> new BigDecimal("0.299");
      case BT709 -> new BigDecimal("0.2126");
      case BT2020 -> new BigDecimal("0.2627");
    };
  }

  private static BigDecimal blue(ColorSpace space) {
    return switch (space.encoding()) {
      case BT601 -> new BigDecimal("0.114");
      case BT709 -> new BigDecimal("0.0722");
      case BT2020 -> new BigDecimal("0.0593");
    };
  }

  private static int sample(double value) {
    return (int) Math.max(0, Math.min(255, Math.floor(value + 0.5)));
  }

  /** Exact in doubles: every number is a small multiple of 1/65536. */
  static int[] toRgb(int[] yuv, ColorSpace space) {
    boolean limited = space.range() == ColorRange.LIMITED;
    BigDecimal one = BigDecimal.ONE;
    BigDecimal two = new BigDecimal(2);
    BigDecimal kr = red(space);
    BigDecimal kb = blue(space);
    BigDecimal kg = one.subtract(kr).subtract(kb);
    BigDecimal luma = divide(new BigDecimal(255), new BigDecimal(limited ? 219 : 255));
    BigDecimal chroma = divide(new BigDecimal(255), new BigDecimal(limited ? 224 : 255));
    BigDecimal toRed = two.multiply(one.subtract(kr)).multiply(chroma);
    BigDecimal toBlue = two.multiply(one.subtract(kb)).multiply(chroma);
    double y = fixed(luma) * (yuv[1] - (limited ? 16 : 0));
    double u = yuv[2] - 128;
    double v = yuv[3] - 128;
    return new int[] {
      yuv[0],
      sample(y + fixed(toRed) * v),
      sample(
          y
              - fixed(divide(toBlue.multiply(kb), kg)) * u
              - fixed(divide(toRed.multiply(kr), kg)) * v),
      sample(y + fixed(toBlue) * u)
    };
  }

  static int[] fromRgb(int[] rgb, ColorSpace space) {
    boolean limited = space.range() == ColorRange.LIMITED;
    BigDecimal one = BigDecimal.ONE;
    BigDecimal kr = red(space);
    BigDecimal kb = blue(space);
    BigDecimal kg = one.subtract(kr).subtract(kb);
    BigDecimal luma = divide(new BigDecimal(limited ? 219 : 255), new BigDecimal(255));
    BigDecimal half = divide(new BigDecimal(limited ? 224 : 255), new BigDecimal(510));
    double r = rgb[1];
    double g = rgb[2];
    double b = rgb[3];
    double y =
        fixed(luma.multiply(kr)) * r + fixed(luma.multiply(kg)) * g + fixed(luma.multiply(kb)) * b;
    double u =
        fixed(half) * b
            - fixed(divide(half.multiply(kr), one.subtract(kb))) * r
            - fixed(divide(half.multiply(kg), one.subtract(kb))) * g;
    double v =
        fixed(half) * r
            - fixed(divide(half.multiply(kg), one.subtract(kr))) * g
            - fixed(divide(half.multiply(kb), one.subtract(kr))) * b;
    return new int[] {rgb[0], sample((limited ? 16 : 0) + y), sample(128 + u), sample(128 + v)};
  }

  /** Crop, filter, and then the orientation as a drawing: mirrored first, then turned. */
  static Colours sample(Colours read, Sampling sampling, int width, int height) {
    Orientation orientation = sampling.orientation();
    int quarters = orientation.ordinal() % 4;
    boolean mirrored = orientation.ordinal() >= 4;
    boolean swaps = quarters % 2 == 1;
    int uprightWidth = swaps ? height : width;
    int uprightHeight = swaps ? width : height;
    return (x, y) -> {
      int u = x;
      int v = y;
      int w = width;
      // back, a quarter clockwise at a time: what is at (x, y) was at (w - 1 - y, x)
      int h = height;
      for (int i = 0; i < quarters; i++) {
        int before = u;
        u = h - 1 - v;
        v = before;
        int side = w;
        w = h;
        h = side;
      }
      if (mirrored) {
        u = uprightWidth - 1 - u;
      }
      return filter(read, sampling, u, v, uprightWidth, uprightHeight);
    };
  }

  private static int[] filter(
      Colours read, Sampling sampling, int u, int v, int width, int height) {
    Crop crop = sampling.crop();
    BigDecimal x = point(crop.x(), crop.width(), u, width);
    BigDecimal y = point(crop.y(), crop.height(), v, height);
    int firstX = (int) (crop.x() / 65_536);
    int firstY = (int) (crop.y() / 65_536);
    int lastX = (int) Math.ceilDiv(crop.x() + crop.width(), 65_536L) - 1;
    int lastY = (int) Math.ceilDiv(crop.y() + crop.height(), 65_536L) - 1;
    if (sampling.filter() == Filter.NEAREST) {
      int nearestX = Math.clamp(floor(x), firstX, lastX);
      int nearestY = Math.clamp(floor(y), firstY, lastY);
      return read.at(nearestX, nearestY);
    }
    BigDecimal half = new BigDecimal("0.5");
    int left = floor(x.subtract(half));
    int top = floor(y.subtract(half));
    int right = weight(x.subtract(half));
    int below = weight(y.subtract(half));
    int[] result = new int[4];
    for (int part = 0; part < 4; part++) {
      long sum = 0;
      for (int dy = 0; dy < 2; dy++) {
        for (int dx = 0; dx < 2; dx++) {
          int[] pixel =
              read.at(Math.clamp(left + dx, firstX, lastX), Math.clamp(top + dy, firstY, lastY));
          long weightX = dx == 1 ? right : 256 - right;
          long weightY = dy == 1 ? below : 256 - below;
          sum += pixel[part] * weightX * weightY;
        }
      }
      result[part] = nearest(sum, 65_536);
    }
    return result;
  }

  /** In pixels, rounded down to 1/65536. */
  private static BigDecimal point(long from, long size, int i, int n) {
    BigDecimal middle =
        new BigDecimal(2L * i + 1)
            .multiply(new BigDecimal(size))
            .divide(new BigDecimal(2L * n), 0, RoundingMode.FLOOR);
    return middle.add(new BigDecimal(from)).divide(UNIT);
  }

  private static int floor(BigDecimal value) {
    return value.setScale(0, RoundingMode.FLOOR).intValue();
  }

  private static int weight(BigDecimal value) {
    BigDecimal fraction = value.subtract(value.setScale(0, RoundingMode.FLOOR));
    return floor(fraction.multiply(new BigDecimal(256)));
  }

  /** Puts colours into a copy of a picture's memory. */
  static byte[] store(int[][][] colours, TestPicture to, Region place) {
    byte[] bytes = to.bytes();
    for (int y = 0; y < place.height(); y++) {
      for (int x = 0; x < place.width(); x++) {
        put(bytes, colours, to, place, x, y);
      }
    }
    return bytes;
  }

  private static void put(
      byte[] bytes, int[][][] colours, TestPicture to, Region place, int x, int y) {
    int px = place.x() + x;
    int py = place.y() + y;
    int[] c = colours[y][x];
    switch (to.format) {
      case NV12 -> {
        bytes[to.at(0, py, px)] = (byte) c[1];
        bytes[to.at(1, py / 2, px / 2 * 2)] = mean(colours, x, y, 2, 2);
        bytes[to.at(1, py / 2, px / 2 * 2 + 1)] = mean(colours, x, y, 2, 3);
      }
      case YUV420 -> {
        bytes[to.at(0, py, px)] = (byte) c[1];
        bytes[to.at(1, py / 2, px / 2)] = mean(colours, x, y, 2, 2);
        bytes[to.at(2, py / 2, px / 2)] = mean(colours, x, y, 2, 3);
      }
      case YUV422 -> {
        bytes[to.at(0, py, px)] = (byte) c[1];
        bytes[to.at(1, py, px / 2)] = mean(colours, x, y, 1, 2);
        bytes[to.at(2, py, px / 2)] = mean(colours, x, y, 1, 3);
      }
      case YUV444 -> {
        for (int plane = 0; plane < 3; plane++) {
          bytes[to.at(plane, py, px)] = (byte) c[1 + plane];
        }
      }
      case YUYV, UYVY -> {
        int luma = to.format == PixelFormat.YUYV ? 0 : 1;
        bytes[to.at(0, py, 2 * px + luma)] = (byte) c[1];
        bytes[to.at(0, py, 2 * px + 1 - luma)] = mean(colours, x, y, 1, 2 + px % 2);
      }
      case GREY -> bytes[to.at(0, py, px)] = (byte) c[1];
      case RGB24 -> {
        for (int part = 0; part < 3; part++) {
          bytes[to.at(0, py, 3 * px + part)] = (byte) c[1 + part];
        }
      }
      case XRGB8888, ARGB8888 -> {
        for (int part = 0; part < 4; part++) {
          int value = part == 3 && !hasAlpha(to.format) ? 255 : c[(3 - part) % 4];
          bytes[to.at(0, py, 4 * px + part)] = (byte) value;
        }
      }
      case RGB565 -> {
        int word = c[1] / 8 * 2048 + c[2] / 4 * 32 + c[3] / 8;
        bytes[to.at(0, py, 2 * px)] = (byte) word;
        bytes[to.at(0, py, 2 * px + 1)] = (byte) (word / 256);
      }
      case XRGB16161616, ARGB16161616 -> {
        for (int part = 0; part < 4; part++) {
          int value = c[(3 - part) % 4];
          if (part == 3 && !hasAlpha(to.format)) {
            value = 65_535;
          }
          bytes[to.at(0, py, 8 * px + 2 * part)] = (byte) value;
          bytes[to.at(0, py, 8 * px + 2 * part + 1)] = (byte) (value / 256);
        }
      }
    }
  }

  /** The mean of those that share a sample of chroma with a pixel. */
  private static byte mean(int[][][] colours, int x, int y, int rows, int part) {
    long sum = 0;
    long count = 0;
    for (int row = y / rows * rows; row < Math.min(y / rows * rows + rows, colours.length); row++) {
      int first = x / 2 * 2;
      for (int column = first; column < Math.min(first + 2, colours[row].length); column++) {
        sum += colours[row][column][part];
        count++;
      }
    }
    return (byte) nearest(sum, count);
  }

  /** One colour of a pixel laid over another, both from 0 to 65535. */
  static int blend(int over, int own, int below, int layerAlpha, BlendMode mode) {
    BigDecimal white = new BigDecimal(65_535);
    BigDecimal a = new BigDecimal(layerAlpha);
    BigDecimal fga = new BigDecimal(mode == BlendMode.NONE ? 65_535 : own);
    BigDecimal weight = mode == BlendMode.COVERAGE ? a.multiply(fga) : a.multiply(white);
    BigDecimal rest = white.multiply(white).subtract(a.multiply(fga));
    BigDecimal sum =
        weight.multiply(new BigDecimal(over)).add(rest.multiply(new BigDecimal(below)));
    return sum.divide(white.multiply(white), 0, RoundingMode.HALF_UP).min(white).intValue();
  }
}
