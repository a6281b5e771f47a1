package org.dmabuf.sg;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * Tables out of single pages, and pages out of tables, for drivers that keep their storage by the
 * page.
 *
 * <pre>
 *   pages    [ 0x1000 ] [ 0x2000 ] [ 0x3000 ] [ 0x8000 ]
 *   ranges   [ 0x1000, 8192      ] [ 0x3000 ] [ 0x8000 ]       of at most 8192 bytes
 * </pre>
 *
 * <p>Stateless. Kernel counterpart: {@code drm_prime_pages_to_sg()} and {@code
 * drm_prime_sg_to_page_array()}.
 */
public final class SgPages {
  /** The most runs of a table; more of them are a sign of storage that no device could use. */
  public static final int MOST_RUNS = 1 << 20;

  private SgPages() {}

  /**
   * Makes a table of pages; those at adjacent addresses become one run for the device.
   *
   * @param pages in order, each of so many bytes; at least one, never null
   * @param pageSize bytes, 1 or more
   * @param maxSegment the longest run, a multiple of the page size, 1 page or more
   * @param onFree as in {@link SgTable#of(List, Runnable)}
   * @return the table, never null
   * @throws DmaBufException EINVAL for no pages, one of another size, or such a longest run; ENOMEM
   *     for more than {@link #MOST_RUNS} runs
   */
  public static SgTable toTable(
      List<MemorySegment> pages, long pageSize, long maxSegment, Runnable onFree) {
    if (pageSize < 1 || maxSegment < pageSize || maxSegment % pageSize != 0) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A table of runs of at most "
              + maxSegment
              + " bytes was asked over pages of "
              + pageSize
              + "; a multiple of a page would work");
    }
    List<SgTable.Entry> entries = new ArrayList<>(pages.size());
    List<DmaRange> ranges = new ArrayList<>();
    DmaRange run = null;
    for (MemorySegment page : pages) {
      DmaRange next = rangeOf(page, pageSize);
      entries.add(new SgTable.Entry(next.address(), page));
      if (run != null && run.isFollowedBy(next) && run.length() <= maxSegment - pageSize) {
        run = new DmaRange(run.address(), run.length() + pageSize);
        ranges.set(ranges.size() - 1, run);
      } else {
        run = next;
        ranges.add(run);
      }
    }
    if (ranges.size() > MOST_RUNS) {
      throw new DmaBufException(
          Errno.ENOMEM,
          "A table of "
              + ranges.size()
              + " runs was asked; "
              + MOST_RUNS
              + " fit, so longer runs or pages that lie together would work");
    }
    return SgTable.of(entries, ranges, onFree);
  }

  private static DmaRange rangeOf(MemorySegment page, long pageSize) {
    if (page.byteSize() != pageSize) {
      throw new DmaBufException(
          Errno.EINVAL, "A page of " + page.byteSize() + " bytes lies among those of " + pageSize);
    }
    return new DmaRange(page.address(), pageSize);
  }

  /**
   * Writes the memory of each page of a table into an array; a piece's last page may be begun only.
   * For drivers that cannot do with addresses: {@link SgTable#toAddresses} is for all others.
   *
   * @param table with memory, never null
   * @param pageSize bytes, 1 or more
   * @param into where the pages go, from index 0; never null
   * @return how many there are
   * @throws DmaBufException EINVAL for a page size below 1; EOVERFLOW when the array is too short,
   *     then nothing is written; EACCES as {@link SgTable#entries()}
   */
  public static int toPages(SgTable table, long pageSize, MemorySegment[] into) {
    if (pageSize < 1) {
      throw new DmaBufException(
          Errno.EINVAL, "Pages of " + pageSize + " bytes were asked; 1 or more works");
    }
    long pages = 0;
    for (SgTable.Entry entry : table.entries()) {
      pages += (entry.length() - 1) / pageSize + 1;
    }
    if (pages > into.length) {
      throw new DmaBufException(
          Errno.EOVERFLOW,
          "A table of "
              + pages
              + " pages was to be written into an array of "
              + into.length
              + "; one of "
              + pages
              + " would work");
    }
    int next = 0;
    for (SgTable.Entry entry : table.entries()) {
      for (long at = 0; at < entry.length(); at += pageSize) {
        into[next++] = entry.segment().asSlice(at, Math.min(pageSize, entry.length() - at));
      }
    }
    return next;
  }
}
