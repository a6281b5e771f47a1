package org.dmabuf.display;

import java.util.List;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaDevice;
import org.dmabuf.Errno;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.negotiation.FormatTable;
import org.dmabuf.negotiation.ImporterNeeds;
import org.dmabuf.negotiation.SizeLimits;

/**
 * What a display is and what it takes. Plain data.
 *
 * <p>Kernel counterpart: {@code drmVersion}, {@code drm_mode_card_res}, the plane's formats.
 *
 * @param name the device's name, such as "display0", never null or empty
 * @param driver the driver's name, never null
 * @param version the driver's version, never null
 * @param formats the pixel formats that it scans out, at least one, never null
 * @param pitchAlign what the pitch of every plane must be a multiple of, in bytes; a power of two
 *     from 1 to {@link FrameLayout#MAX_PITCH_ALIGN}
 * @param minWidth the least width of a mode or a framebuffer in pixels, 1 or more
 * @param minHeight the least height in pixels, 1 or more
 * @param maxWidth the greatest width in pixels, at most {@link FrameLayout#MAX_SIDE}
 * @param maxHeight the greatest height in pixels, at most {@link FrameLayout#MAX_SIDE}
 */
public record DisplayInfo(
    String name,
    String driver,
    String version,
    List<PixelFormat> formats,
    int pitchAlign,
    int minWidth,
    int minHeight,
    int maxWidth,
    int maxHeight) {

  /**
   * Checks the ranges.
   *
   * @throws DmaBufException EINVAL for an empty name, no formats, or a number out of its range
   */
  public DisplayInfo {
    formats = List.copyOf(formats);
    if (name.isEmpty() || formats.isEmpty()) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Display '"
              + name
              + "' of "
              + driver
              + " with formats "
              + formats
              + "; a name and at least one format would work");
    }
    if (pitchAlign < 1
        || pitchAlign > FrameLayout.MAX_PITCH_ALIGN
        || Integer.bitCount(pitchAlign) != 1) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Display "
              + name
              + " aligns pitches to "
              + pitchAlign
              + " bytes; a power of two from 1 to "
              + FrameLayout.MAX_PITCH_ALIGN
              + " would work");
    }
    if (minWidth < 1
        || minHeight < 1
        || maxWidth < minWidth
        || maxHeight < minHeight
        || maxWidth > FrameLayout.MAX_SIDE
        || maxHeight > FrameLayout.MAX_SIDE) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Display %s takes sizes from %dx%d to %dx%d; a range within 1 to %d would work"
              .formatted(name, minWidth, minHeight, maxWidth, maxHeight, FrameLayout.MAX_SIDE));
    }
  }

  /** Returns what a buffer must be like for such a display, never null. */
  public ImporterNeeds needs() {
    return ImporterNeeds.of(DmaDevice.named(name))
        .withDriver(driver)
        .withPixels(
            FormatTable.linear(formats),
            pitchAlign,
            SizeLimits.ofFrames(minWidth, minHeight, maxWidth, maxHeight));
  }

  /** Tells whether a size is within the limits. */
  public boolean takes(int width, int height) {
    return width >= minWidth && width <= maxWidth && height >= minHeight && height <= maxHeight;
  }
}
