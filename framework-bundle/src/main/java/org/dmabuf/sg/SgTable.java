package org.dmabuf.sg;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * Where a mapped buffer lies, as one device sees it: pieces of memory in the order of the buffer's
 * bytes, and the runs of device addresses that reach them.
 *
 * <pre>
 *   buffer   0 ............... 65536 ......... 69632
 *   entries  [ address, 65536  ] [ address, 4096 ]      the memory
 *   ranges   [ address, 65536  ] [ address, 4096 ]      without an IOMMU: one for each entry
 *   ranges   [ address, 69632                    ]      with one that merges
 *   (none)   [ address, 69632                    ]      another device's registers: no memory
 * </pre>
 *
 * <p>The segments carry the lifetime and the access of the mapping: a device that only reads gets
 * read-only ones. An importer that is a software device reaches the memory by {@code
 * Attachment.access(table)}, as a bus does by the addresses; in debug mode there is no other way.
 * Immutable but for {@link #free()}; thread-safe. Kernel counterpart: {@code struct sg_table},
 * whose {@code orig_nents} are the entries here and whose {@code nents} the ranges.
 */
public final class SgTable {
  /**
   * A piece of memory.
   *
   * @param address the device's address of its first byte, 0 or more
   * @param segment its bytes, never null, 1 byte or more
   */
  public record Entry(long address, MemorySegment segment) {
    /** Checks that there is something in it, and that its end is an address. */
    public Entry {
      if (segment.byteSize() == 0) {
        throw new DmaBufException(Errno.EINVAL, "A scatter-gather entry of 0 bytes was made");
      }
      if (address < 0 || address > Long.MAX_VALUE - (segment.byteSize() - 1)) {
        throw new DmaBufException(
            Errno.EOVERFLOW,
            "A scatter-gather entry of "
                + segment.byteSize()
                + " bytes at "
                + address
                + " was made; device addresses go from 0 to "
                + Long.MAX_VALUE);
      }
    }

    /** Returns the length in bytes, 1 or more. */
    public long length() {
      return segment.byteSize();
    }
  }

  private final List<Entry> entries; // null: they are hidden
  private final List<DmaRange> ranges; // null: one for each entry, made when asked for
  private final long size;
  // Null when freed: then nothing of who made the table is held. Shared with views of the table.
  private final AtomicReference<Runnable> onFree;

  private SgTable(
      List<Entry> entries, List<DmaRange> ranges, long size, AtomicReference<Runnable> onFree) {
    this.entries = entries;
    this.ranges = ranges;
    this.size = size;
    this.onFree = onFree;
  }

  /**
   * Makes a table of memory, each piece of which is a run of device addresses.
   *
   * @param entries the pieces in order, at least one, never null
   * @param onFree what gives the memory back, run once by {@link #free()}; never null. It is held
   *     until then, so memory that outlives a bundle is described by {@code BackingStore.table}
   * @throws DmaBufException EINVAL for no entries; EOVERFLOW for more bytes than a long counts
   */
  public static SgTable of(List<Entry> entries, Runnable onFree) {
    if (entries.isEmpty()) {
      throw new DmaBufException(Errno.EINVAL, "A scatter-gather table without entries was made");
    }
    List<Entry> copy = List.copyOf(entries);
    return new SgTable(copy, null, bytesOf(copy), once(onFree));
  }

  /**
   * Makes a table whose memory a device reaches by other runs of addresses than the memory's own
   * pieces, as behind an IOMMU.
   *
   * @param entries the memory in order, at least one piece, never null
   * @param ranges the device's addresses in order, never null
   * @param onFree as in {@link #of(List, Runnable)}
   * @throws DmaBufException EINVAL for no entries, or when both have not the same number of bytes;
   *     EOVERFLOW for more bytes than a long counts
   */
  public static SgTable of(List<Entry> entries, List<DmaRange> ranges, Runnable onFree) {
    SgTable plain = of(entries, onFree);
    long reached = lengthOf(ranges);
    if (reached != plain.size) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A scatter-gather table of "
              + plain.size
              + " bytes was made with device addresses for "
              + reached
              + "; both must be alike");
    }
    return new SgTable(plain.entries, List.copyOf(ranges), plain.size, plain.onFree);
  }

  /**
   * Makes a table of addresses behind which no CPU memory stands: another device's registers, or
   * its own memory. Only a peer-to-peer importer can map it. Kernel counterpart: {@code
   * dma_buf_phys_vec_to_sgt()}.
   *
   * @param ranges the runs in order, at least one, never null
   * @param onFree as in {@link #of(List, Runnable)}
   * @throws DmaBufException EINVAL for no ranges; EOVERFLOW for more bytes than a long counts
   */
  public static SgTable ofRanges(List<DmaRange> ranges, Runnable onFree) {
    if (ranges.isEmpty()) {
      throw new DmaBufException(Errno.EINVAL, "A table of device addresses without any was made");
    }
    return new SgTable(List.of(), List.copyOf(ranges), lengthOf(ranges), once(onFree));
  }

  /**
   * Returns the memory in order, never null; empty for a table of addresses only.
   *
   * @throws DmaBufException EACCES for an importer in debug mode, which gets addresses only
   */
  public List<Entry> entries() {
    if (entries == null) {
      throw new DmaBufException(
          Errno.EACCES,
          "The memory of a table of "
              + size
              + " bytes was reached for past its device addresses, which are all that an importer"
              + " gets in debug mode; Attachment.access(table) does what the device does with"
              + " them");
    }
    return entries;
  }

  /** Returns the runs of device addresses in order, never null, at least one. */
  public List<DmaRange> ranges() {
    if (ranges != null) {
      return ranges;
    }
    List<DmaRange> each = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      each.add(new DmaRange(entry.address(), entry.length()));
    }
    return each;
  }

  /** Returns whether there is memory to be reached, not only addresses. */
  public boolean hasMemory() {
    return entries == null || !entries.isEmpty();
  }

  /** Returns the bytes of all runs together, 1 or more. */
  public long size() {
    return size;
  }

  /**
   * Returns how many bytes a device that knows one address only can reach: those of the first run
   * and of all that follow it without a gap. Kernel counterpart: {@code
   * drm_prime_get_contiguous_size()}.
   */
  public long contiguousSize() {
    long bytes = 0;
    DmaRange before = null;
    for (DmaRange range : ranges()) {
      if (before != null && !before.isFollowedBy(range)) {
        break;
      }
      bytes += range.length();
      before = range;
    }
    return bytes;
  }

  /**
   * Writes the device address of each page into an array. Kernel counterpart: {@code
   * drm_prime_sg_to_dma_addr_array()}.
   *
   * @param pageSize the size of a page in bytes, 1 or more; a run's last page may be begun only
   * @param into where the addresses go, from index 0; never null
   * @return how many there are
   * @throws DmaBufException EINVAL for a page size below 1; EOVERFLOW when the array is too short,
   *     then nothing is written
   */
  public int toAddresses(long pageSize, long[] into) {
    if (pageSize < 1) {
      throw new DmaBufException(
          Errno.EINVAL, "Addresses of pages of " + pageSize + " bytes were asked; 1 or more works");
    }
    List<DmaRange> all = ranges();
    long pages = 0;
    for (DmaRange range : all) {
      // Cannot overflow: no more pages than bytes, whose number is a long.
      pages += (range.length() - 1) / pageSize + 1;
    }
    if (pages > into.length) {
      throw new DmaBufException(
          Errno.EOVERFLOW,
          "A table of "
              + pages
              + " pages was to be written into "
              + into.length
              + " addresses; an array of "
              + pages
              + " would work");
    }
    int next = 0;
    for (DmaRange range : all) {
      long left = (range.length() - 1) / pageSize + 1;
      for (long page = 0; page < left; page++) {
        into[next++] = range.address() + page * pageSize;
      }
    }
    return next;
  }

  /**
   * Returns the memory in order, never null; empty for a table of addresses only.
   *
   * @throws DmaBufException EACCES as {@link #entries()}
   */
  public List<MemorySegment> segments() {
    List<MemorySegment> segments = new ArrayList<>(entries().size());
    for (Entry entry : entries()) {
      segments.add(entry.segment());
    }
    return segments;
  }

  /** Returns the same table with memory that cannot be written; freeing either frees both. */
  public SgTable asReadOnly() {
    if (entries == null) {
      return this;
    }
    List<Entry> readOnly = new ArrayList<>(entries.size());
    for (Entry entry : entries) {
      readOnly.add(new Entry(entry.address(), entry.segment().asReadOnly()));
    }
    return new SgTable(List.copyOf(readOnly), ranges, size, onFree);
  }

  /** Returns the same table with addresses only; freeing either frees both. */
  public SgTable withoutMemory() {
    return new SgTable(List.of(), List.copyOf(ranges()), size, onFree);
  }

  /**
   * Returns the same table for an importer in debug mode, which is to use the addresses as a device
   * does: whoever asks it for memory gets EACCES. Kernel counterpart: the page links that {@code
   * CONFIG_DMABUF_DEBUG} mangles.
   */
  public SgTable hidingMemory() {
    return hasMemory() ? new SgTable(null, List.copyOf(ranges()), size, onFree) : this;
  }

  /** Returns the same table for an importer, which cannot free it. */
  public SgTable view() {
    return new SgTable(entries, ranges, size, new AtomicReference<>());
  }

  /** Gives the memory back; called by the exporter's unmap. Idempotent. */
  public void free() {
    Runnable once = onFree.getAndSet(null);
    if (once != null) {
      once.run();
    }
  }

  private static AtomicReference<Runnable> once(Runnable onFree) {
    return new AtomicReference<>(Objects.requireNonNull(onFree, "onFree"));
  }

  private static long bytesOf(List<Entry> entries) {
    long bytes = 0;
    for (Entry entry : entries) {
      bytes = plus(bytes, entry.length());
    }
    return bytes;
  }

  private static long lengthOf(List<DmaRange> ranges) {
    long bytes = 0;
    for (DmaRange range : ranges) {
      bytes = plus(bytes, range.length());
    }
    return bytes;
  }

  private static long plus(long bytes, long more) {
    if (bytes > Long.MAX_VALUE - more) {
      throw new DmaBufException(
          Errno.EOVERFLOW,
          "A scatter-gather table of more than " + Long.MAX_VALUE + " bytes was made");
    }
    return bytes + more;
  }
}
