package org.dmabuf.video;

import java.util.Objects;
import org.dmabuf.DmaBufException;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;

/**
 * What frames look like, without how they lie in memory.
 *
 * <p>Kernel counterpart: {@code struct v4l2_pix_format}.
 *
 * @param format the pixel format, never null
 * @param width in pixels
 * @param height in pixels
 */
public record VideoFormat(PixelFormat format, int width, int height) {
  /** Checks that nothing is null. */
  public VideoFormat {
    Objects.requireNonNull(format, "format");
  }

  /**
   * Lays such a frame out.
   *
   * @param pitchAlign what every pitch is a multiple of, in bytes: a power of two
   * @return the layout: bytes per line and size of the image, never null
   * @throws DmaBufException EINVAL when one of the numbers is out of its range
   */
  public FrameLayout layout(int pitchAlign) {
    return FrameLayout.of(format, width, height, pitchAlign);
  }

  @Override
  public String toString() {
    return format + " " + width + "x" + height;
  }
}
