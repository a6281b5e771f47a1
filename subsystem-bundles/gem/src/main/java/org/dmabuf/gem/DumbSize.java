package org.dmabuf.gem;

import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * The arithmetic of a dumb buffer, in the kernel's steps: what is refused is computed with whole
 * bytes for each pixel, in 32 bits; what is allocated with the bits that were asked for.
 *
 * <pre>
 *   pitch   ceil(width * bpp / 8)
 *   size    pitch * height, rounded up to pages
 * </pre>
 *
 * @param pitch bytes from one row to the next
 * @param size bytes in all, a multiple of the page size
 */
record DumbSize(long pitch, long size) {
  private static final long U32_MAX = 0xffff_ffffL;

  /**
   * Computes it.
   *
   * @param width pixels, 32 bits without sign
   * @param height rows, 32 bits without sign
   * @param bpp bits for each pixel, 32 bits without sign
   * @param page the size of a page in bytes, a power of two
   * @throws DmaBufException EINVAL for a 0, and for sizes that do not fit into 32 bits
   */
  static DumbSize of(int width, int height, int bpp, int page) {
    long w = Integer.toUnsignedLong(width);
    long h = Integer.toUnsignedLong(height);
    long bits = Integer.toUnsignedLong(bpp);
    if (w == 0 || h == 0 || bits == 0 || bits > U32_MAX - 8) {
      throw refused(w, h, bits);
    }
    long bytes = (bits + 7) / 8;
    if (bytes > U32_MAX / w
        || h > U32_MAX / (bytes * w)
        || rounded(bytes * w * h, page) > U32_MAX) {
      throw refused(w, h, bits);
    }
    // No overflow: both are at most what was just checked.
    long pitch = (w * bits + 7) / 8;
    return new DumbSize(pitch, rounded(pitch * h, page));
  }

  private static long rounded(long bytes, int page) {
    return (bytes + page - 1) & -(long) page;
  }

  private static DmaBufException refused(long width, long height, long bits) {
    return new DmaBufException(
        Errno.EINVAL,
        "A dumb buffer of "
            + width
            + "x"
            + height
            + " pixels of "
            + bits
            + " bits was asked; 1 or more of each, and less than 4 GiB in all, would work");
  }
}
