package org.dmabuf.negotiation;

import java.util.LinkedHashMap;
import java.util.Map;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * How large frames and buffers may be. Plain data.
 *
 * @param minWidth the least width in pixels, 1 or more
 * @param minHeight the least height in pixels, 1 or more
 * @param maxWidth the greatest width in pixels
 * @param maxHeight the greatest height in pixels
 * @param maxBytes the largest buffer in bytes
 */
public record SizeLimits(int minWidth, int minHeight, int maxWidth, int maxHeight, long maxBytes) {
  /** Everything will do. */
  public static final SizeLimits NONE =
      new SizeLimits(1, 1, Integer.MAX_VALUE, Integer.MAX_VALUE, Long.MAX_VALUE);

  /**
   * Checks the fields.
   *
   * @throws DmaBufException EINVAL when no frame or no buffer would do
   */
  public SizeLimits {
    if (minWidth < 1 || minHeight < 1 || maxWidth < minWidth || maxHeight < minHeight) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Frames were limited to sizes from %dx%d to %dx%d; 1x1 or more, and no less at the end"
              .formatted(minWidth, minHeight, maxWidth, maxHeight));
    }
    if (maxBytes < 1) {
      throw new DmaBufException(
          Errno.EINVAL, "Buffers were limited to " + maxBytes + " bytes; 1 or more would work");
    }
  }

  /** Returns limits of width and height only, both 1 or more, in pixels. */
  public static SizeLimits ofFrames(int minWidth, int minHeight, int maxWidth, int maxHeight) {
    return new SizeLimits(minWidth, minHeight, maxWidth, maxHeight, Long.MAX_VALUE);
  }

  static SizeLimits read(PropertyReader properties) {
    return new SizeLimits(
        properties.smallNumber(ServiceKeys.MIN_WIDTH, NONE.minWidth),
        properties.smallNumber(ServiceKeys.MIN_HEIGHT, NONE.minHeight),
        properties.smallNumber(ServiceKeys.MAX_WIDTH, NONE.maxWidth),
        properties.smallNumber(ServiceKeys.MAX_HEIGHT, NONE.maxHeight),
        properties.number(ServiceKeys.MAX_BYTES, NONE.maxBytes));
  }

  Map<String, Object> toProperties() {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put(ServiceKeys.MIN_WIDTH, minWidth);
    properties.put(ServiceKeys.MIN_HEIGHT, minHeight);
    properties.put(ServiceKeys.MAX_WIDTH, maxWidth);
    properties.put(ServiceKeys.MAX_HEIGHT, maxHeight);
    properties.put(ServiceKeys.MAX_BYTES, maxBytes);
    return properties;
  }
}
