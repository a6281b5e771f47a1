package org.dmabuf.file;

import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * The arithmetic of mappings, in whole pages and without overflow, for all who map: descriptors,
 * handles and importers that pass a mapping on.
 *
 * <pre>
 *   file   |  page  |  page  |  page  | rest |      the rest of a page that is not whole cannot
 *          0        offset                   size   be mapped
 *                   [ length, rounded up  ]
 * </pre>
 *
 * <p>Kernel counterpart: the checks of {@code dma_buf_mmap()} and {@code do_mmap()}.
 */
public final class MmapRange {
  /** No address space has so many bytes (x86-64 with four levels of page tables). */
  private static final long ADDRESS_SPACE = 1L << 47;

  private MmapRange() {}

  /**
   * Checks that an offset begins a page.
   *
   * @param what is mapped, for the message
   * @param offset bytes, any number
   * @param page the size of a page in bytes, a power of two
   * @throws DmaBufException EINVAL when it does not
   */
  public static void checkAligned(Object what, long offset, int page) {
    if ((offset & page - 1) != 0) {
      throw new DmaBufException(
          Errno.EINVAL,
          what + " was mapped at " + offset + "; a multiple of the page size " + page + " works");
    }
  }

  /**
   * Rounds a length up to pages, as a program gives it: unsigned, so that a negative one is large.
   *
   * @param what is mapped, for the message
   * @param length bytes, any number
   * @param page the size of a page in bytes, a power of two
   * @return a multiple of the page size, 1 page or more
   * @throws DmaBufException EINVAL for 0; ENOMEM for more than an address space has
   */
  public static long rounded(Object what, long length, int page) {
    if (length == 0) {
      throw new DmaBufException(
          Errno.EINVAL, "0 bytes of " + what + " were mapped; 1 or more would work");
    }
    if (Long.compareUnsigned(length, ADDRESS_SPACE) >= 0) {
      throw new DmaBufException(
          Errno.ENOMEM,
          Long.toUnsignedString(length)
              + " bytes of "
              + what
              + " were mapped; no address space has so many");
    }
    return (length + page - 1) & -page;
  }

  /**
   * Checks that an offset is one of a file, of which signed numbers count the bytes.
   *
   * @param what is mapped, for the message
   * @param offset bytes, any number
   * @throws DmaBufException EOVERFLOW for a negative one
   */
  public static void checkOffset(Object what, long offset) {
    if (offset < 0) {
      throw new DmaBufException(
          Errno.EOVERFLOW,
          what + " was mapped at " + offset + ", further than offsets go; 0 or more would work");
    }
  }

  /**
   * Checks that the pages of a range lie within the whole pages of a file.
   *
   * @param what is mapped, for the message
   * @param size of the file in bytes, 0 or more
   * @param offset bytes, a multiple of the page size, 0 or more
   * @param length bytes, 1 or more
   * @param page the size of a page in bytes, a power of two
   * @throws DmaBufException EINVAL when they do not
   */
  public static void checkWithin(Object what, long size, long offset, long length, int page) {
    long has = size / page;
    long first = offset / page;
    long wanted = (length - 1) / page + 1;
    // Not first + wanted > has: differences of numbers that are 0 or more cannot overflow.
    if (wanted > has - first) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Mapping "
              + wanted
              + " pages from page "
              + first
              + " of "
              + what
              + ", which has "
              + has
              + " of "
              + page
              + " bytes; a range within them would work");
    }
  }
}
