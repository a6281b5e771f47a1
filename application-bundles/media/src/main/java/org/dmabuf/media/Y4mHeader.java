package org.dmabuf.media;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;

/**
 * The first line of a Y4M file or stream.
 *
 * <pre>
 *   YUV4MPEG2 W320 H240 F10:1 Ip A1:1 C420jpeg XCOLORRANGE=FULL
 * </pre>
 *
 * @param line the line without its newline
 * @param format the layout of its frames, which are dense
 * @param width in pixels
 * @param height in pixels
 * @param rateNumerator frames, in {@code rateDenominator} seconds; 25/1 when the file does not say
 * @param rateDenominator at least 1
 * @param colours the range of its samples
 */
record Y4mHeader(
    String line,
    PixelFormat format,
    int width,
    int height,
    int rateNumerator,
    int rateDenominator,
    Colours colours) {
  static final String MAGIC = "YUV4MPEG2";
  static final String FRAME = "FRAME";

  /** The longest first line, and the longest line before a frame, that are read. */
  static final int MAX_LINE = 1024;

  private static final int DEFAULT_RATE = 25;

  /**
   * Parses the line.
   *
   * @param what names the file or stream in a sentence
   */
  static Y4mHeader parse(String what, byte[] bytes, int length) {
    String line = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    String[] words = line.split(" +", -1);
    if (!words[0].equals(MAGIC)) {
      throw Limits.invalid(what + " is no Y4M: it does not begin with " + MAGIC);
    }
    long width = -1;
    long height = -1;
    PixelFormat format = PixelFormat.YUV420;
    Colours colours = Colours.LIMITED;
    long[] rate = {DEFAULT_RATE, 1};
    for (int i = 1; i < words.length; i++) {
      String value = words[i].isEmpty() ? "" : words[i].substring(1);
      switch (words[i].isEmpty() ? ' ' : words[i].charAt(0)) {
        case 'W' -> width = number(what, "width", value);
        case 'H' -> height = number(what, "height", value);
        case 'C' -> format = format(what, value);
        case 'F' -> rate = rate(what, value);
        case 'X' -> colours = value.equals("COLORRANGE=FULL") ? Colours.FULL : colours;
        default -> {
          // Interlacing, aspect and comments change nothing about the bytes.
        }
      }
    }
    if (width < 0 || height < 0) {
      throw Limits.invalid(what + " has no width or no height in its first line");
    }
    Limits.checkSize(what, width, height);
    Limits.checkRate(what, rate[0], rate[1]);
    return new Y4mHeader(
        line, format, (int) width, (int) height, (int) rate[0], (int) rate[1], colours);
  }

  private static PixelFormat format(String what, String space) {
    return switch (space) {
      case "420", "420jpeg", "420paldv", "420mpeg2" -> PixelFormat.YUV420;
      case "422" -> PixelFormat.YUV422;
      case "444" -> PixelFormat.YUV444;
      case "mono" -> PixelFormat.GREY;
      default ->
          throw Limits.invalid(
              "%s has colour space '%s', which is not supported; 420, 420jpeg, 420paldv, 420mpeg2,"
                      .formatted(what, space)
                  + " 422, 444 and mono are");
    };
  }

  private static long[] rate(String what, String value) {
    String[] parts = value.split(":", 2);
    if (parts.length != 2) {
      throw Limits.invalid(what + " has a rate of '" + value + "'; it should be like 30000:1001");
    }
    long[] rate = {number(what, "rate", parts[0]), number(what, "rate", parts[1])};
    // 0:0 says that the rate is not known.
    return rate[0] == 0 && rate[1] == 0 ? new long[] {DEFAULT_RATE, 1} : rate;
  }

  private static long number(String what, String name, String value) {
    if (value.isEmpty() || value.length() > 10 || !value.chars().allMatch(Y4mHeader::isDigit)) {
      throw Limits.invalid("%s has a %s of '%s', which is no number".formatted(what, name, value));
    }
    return Long.parseLong(value);
  }

  private static boolean isDigit(int character) {
    return character >= '0' && character <= '9';
  }

  /** Returns where the planes lie in the file: one after the other without padding. */
  FrameLayout layout() {
    return FrameLayout.of(format, width, height, 1);
  }

  /** Tells whether a line before a frame is one; parameters are allowed and mean nothing here. */
  static boolean isFrame(byte[] bytes, int length) {
    String line = new String(bytes, 0, length, StandardCharsets.ISO_8859_1);
    return line.equals(FRAME) || line.startsWith(FRAME + " ");
  }

  /** Returns the line when frames are delivered as they are, for one who records them. */
  Optional<String> lineFor(PixelFormat wanted, int wantedWidth, int wantedHeight) {
    return wanted == format && wantedWidth == width && wantedHeight == height
        ? Optional.of(line)
        : Optional.empty();
  }
}
