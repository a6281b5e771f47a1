package org.dmabuf.pipeline;

import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.format.PixelFormat;

/**
 * What a converter makes of a pipeline's frames before they are displayed. Plain data.
 *
 * @param format never null
 * @param width in pixels; 0 for that of the captured frames
 * @param height in pixels; 0 for that of the captured frames
 */
public record Conversion(PixelFormat format, int width, int height) {
  private static final Pattern TEXT = Pattern.compile("([^@]+)(?:@(\\d{1,5})x(\\d{1,5}))?");

  /**
   * Checks the fields.
   *
   * @throws DmaBufException EINVAL for a negative number, or for one number without the other
   */
  public Conversion {
    Objects.requireNonNull(format, "format");
    if (width < 0 || height < 0 || (width == 0) != (height == 0)) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Frames were to be converted to %dx%d; two numbers above 0 would work, or 0 and 0"
              .formatted(width, height));
    }
  }

  /**
   * Reads a conversion.
   *
   * @param text a format, with a size or without, such as {@code XR24} or {@code XR24@1280x720};
   *     never null
   * @throws DmaBufException EINVAL for anything else
   */
  public static Conversion parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Frames were to be converted to '"
              + text
              + "'; FORMAT or FORMAT@WxH such as XR24@1280x720 would work");
    }
    PixelFormat format = PixelFormat.parse(matcher.group(1));
    return matcher.group(2) == null
        ? new Conversion(format, 0, 0)
        : new Conversion(
            format, Integer.parseInt(matcher.group(2)), Integer.parseInt(matcher.group(3)));
  }

  /** Returns the width of what comes out, in pixels. */
  public int widthOf(int captured) {
    return width == 0 ? captured : width;
  }

  /** Returns the height of what comes out, in pixels. */
  public int heightOf(int captured) {
    return height == 0 ? captured : height;
  }
}
