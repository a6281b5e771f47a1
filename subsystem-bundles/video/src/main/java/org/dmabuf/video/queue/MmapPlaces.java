package org.dmabuf.video.queue;

import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * Where in the device's file each plane is mapped. The offsets mean nothing else.
 *
 * <pre>
 *   offset = first + (index * 8 + plane) * page size
 * </pre>
 *
 * <p>Immutable. Kernel counterpart: {@code __setup_offsets()}.
 *
 * @param first where those of this queue begin, for a file that has several; a multiple of the page
 *     size
 * @param pageSize bytes, a power of two
 */
record MmapPlaces(long first, int pageSize) {
  /** Planes that a buffer has at most, as VIDEO_MAX_PLANES. */
  static final int PLANES = 8;

  /** A plane by index and number. */
  record Place(int index, int plane) {}

  long offset(int index, int plane) {
    return first + ((long) index * PLANES + plane) * pageSize;
  }

  /** Returns which plane an offset names; EINVAL for one that can name none. */
  Place find(long offset) {
    long number = (offset - first) / pageSize;
    if (offset < first || number / PLANES > Integer.MAX_VALUE) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A video buffer was mapped at " + offset + "; QUERYBUF tells where each is");
    }
    return new Place((int) (number / PLANES), (int) (number % PLANES));
  }
}
