package org.dmabuf.video.node;

import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * The sizes that a device has, in pixels, every one of them. Kernel counterpart: {@code struct
 * v4l2_frmsize_stepwise} with steps of 1.
 */
public record SizeRange(int minWidth, int maxWidth, int minHeight, int maxHeight) {
  /** What vivid has without cropping and scaling. */
  public static final SizeRange VIVID = new SizeRange(16, 16_384, 16, 8640);

  /**
   * Checks the numbers.
   *
   * @throws DmaBufException EINVAL for an empty range
   */
  public SizeRange {
    if (minWidth < 1 || minHeight < 1 || maxWidth < minWidth || maxHeight < minHeight) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Sizes from %dx%d to %dx%d".formatted(minWidth, minHeight, maxWidth, maxHeight));
    }
  }

  /** Returns the width there is that is nearest to an unsigned one. */
  public int width(int asked) {
    return Math.clamp(Integer.toUnsignedLong(asked), minWidth, maxWidth);
  }

  /** Returns the height there is that is nearest to an unsigned one. */
  public int height(int asked) {
    return Math.clamp(Integer.toUnsignedLong(asked), minHeight, maxHeight);
  }
}
