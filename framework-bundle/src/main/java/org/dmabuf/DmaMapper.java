package org.dmabuf;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.sg.DmaRange;
import org.dmabuf.sg.SgTable;

/**
 * Makes the table that an exporter gave suit the device that mapped it, for all exporters in one
 * place: their drivers describe the memory and know nothing of segment sizes or IOMMUs.
 *
 * <pre>
 *   exporter's table --+-- no IOMMU: cut at the longest run and the boundary --+-- access --> device
 *                      +-- IOMMU: one run of its addresses, cut likewise ------+
 * </pre>
 *
 * <p>Errors, as callers of {@code dma_map_sgtable()} and videobuf2 see them: EIO for memory beyond
 * the device's address mask, EFAULT for memory that is scattered or not aligned as it needs, ENOMEM
 * when the IOMMU has no addresses left or the runs are too many, EREMOTEIO for another device's
 * addresses when the importer is not peer to peer. Stateless.
 */
final class DmaMapper {
  /** More runs than this make no table: that is 4 GiB in the shortest ones. */
  private static final long MOST_RUNS = 1L << 20;

  private DmaMapper() {}

  /**
   * Returns the table for the device: the given one when it suits as it is.
   *
   * @param given the exporter's, which stays its own to free
   * @param what the mapping, for messages
   */
  static SgTable fit(SgTable given, DmaDevice device, boolean peerToPeer, String what) {
    if (!given.hasMemory() && !peerToPeer) {
      throw new DmaBufException(
          Errno.EREMOTEIO,
          what + " found another device's addresses; an importer that allows peer to peer works");
    }
    return device.iommu().isPresent()
        ? translate(given, device, device.iommu().get(), what)
        : cut(given, device.constraints(), what);
  }

  /**
   * Returns the table with as much access as the direction gives: memory that cannot be written for
   * a device that only reads, and none at all for one that does nothing.
   */
  static SgTable withAccess(SgTable table, DmaDirection direction) {
    if (direction == DmaDirection.NONE) {
      return table.withoutMemory();
    }
    return direction.writes() ? table : table.asReadOnly();
  }

  private static SgTable cut(SgTable given, DmaConstraints needs, String what) {
    if (needs.equals(DmaConstraints.NONE)) {
      return given;
    }
    List<DmaRange> ranges = given.ranges();
    check(ranges, needs, what);
    List<DmaRange> pieces = pieces(ranges, needs, what);
    if (pieces.size() == ranges.size()) {
      return given;
    }
    return table(given, pieces, pieces, () -> {});
  }

  /** The given memory where a device finds it now, reached by runs of as many bytes. */
  private static SgTable table(
      SgTable given, List<DmaRange> where, List<DmaRange> runs, Runnable onFree) {
    return given.hasMemory()
        ? SgTable.of(entriesFor(where, given.entries()), runs, onFree)
        : SgTable.ofRanges(runs, onFree);
  }

  /** Memory cut where its pieces end and where the runs do: an exporter's need not be alike. */
  private static List<SgTable.Entry> entriesFor(List<DmaRange> runs, List<SgTable.Entry> all) {
    List<SgTable.Entry> entries = new ArrayList<>(runs.size());
    int index = 0;
    long at = 0;
    for (DmaRange run : runs) {
      long done = 0;
      while (done < run.length()) {
        MemorySegment segment = all.get(index).segment();
        long bytes = Math.min(run.length() - done, segment.byteSize() - at);
        entries.add(new SgTable.Entry(run.address() + done, segment.asSlice(at, bytes)));
        done += bytes;
        at += bytes;
        if (at == segment.byteSize()) {
          index++;
          at = 0;
        }
      }
    }
    return entries;
  }

  private static SgTable translate(SgTable given, DmaDevice device, Iommu iommu, String what) {
    List<DmaRange> memory = given.ranges();
    long granule = iommu.granule();
    long[] places = places(memory, granule, what);
    DmaRange end = memory.getLast();
    long bytes = places[places.length - 1] + end.length();
    DmaConstraints needs = device.constraints();
    long base = iommu.take(bytes, needs.alignment(), needs.addressMask());
    if (base < 0) {
      throw new DmaBufException(
          Errno.ENOMEM,
          what + " needs " + bytes + " addresses in a row of " + iommu + ", which has none left");
    }
    try {
      List<DmaRange> merged = merge(memory, places, base);
      check(merged, needs, what);
      List<DmaRange> pieces = pieces(merged, needs, what);
      List<DmaRange> moved = new ArrayList<>(places.length);
      for (int i = 0; i < places.length; i++) {
        moved.add(new DmaRange(base + places[i], memory.get(i).length()));
      }
      return table(given, moved, pieces, () -> iommu.give(base));
    } catch (DmaBufException unsuitable) {
      iommu.give(base);
      throw unsuitable;
    }
  }

  /**
   * Where each run of memory comes to lie, from the first address: without a gap when both meet at
   * a page of the IOMMU, else on its next one, at the same place within it.
   */
  private static long[] places(List<DmaRange> memory, long granule, String what) {
    long[] places = new long[memory.size()];
    long next = 0;
    for (int i = 0; i < places.length; i++) {
      DmaRange run = memory.get(i);
      long within = run.address() & granule - 1;
      if (next > Long.MAX_VALUE - granule - within - run.length()) {
        throw new DmaBufException(Errno.ENOMEM, what + " needs more addresses than any IOMMU has");
      }
      places[i] = (next + granule - 1 & -granule) + within;
      next = places[i] + run.length();
    }
    return places;
  }

  private static List<DmaRange> merge(List<DmaRange> memory, long[] places, long base) {
    List<DmaRange> merged = new ArrayList<>();
    long start = places[0];
    long end = start;
    for (int i = 0; i < places.length; i++) {
      if (places[i] != end) {
        merged.add(new DmaRange(base + start, end - start));
        start = places[i];
      }
      end = places[i] + memory.get(i).length();
    }
    merged.add(new DmaRange(base + start, end - start));
    return merged;
  }

  private static void check(List<DmaRange> ranges, DmaConstraints needs, String what) {
    DmaRange before = null;
    for (DmaRange range : ranges) {
      if (needs.addressMask() >= 0 && range.last() > needs.addressMask()) {
        throw new DmaBufException(
            Errno.EIO,
            "%s found memory at %#x, beyond the device's address mask %#x; an IOMMU or lower memory"
                    .formatted(what, range.last(), needs.addressMask())
                + " would work");
      }
      if ((range.address() & needs.alignment() - 1) != 0) {
        throw new DmaBufException(
            Errno.EFAULT,
            "%s found memory at %#x, which is not aligned to the device's %d bytes"
                .formatted(what, range.address(), needs.alignment()));
      }
      if (needs.contiguous() && before != null && !before.isFollowedBy(range)) {
        throw new DmaBufException(
            Errno.EFAULT,
            "%s found the memory in %d runs and the device needs it in one; a contiguous exporter"
                    .formatted(what, ranges.size())
                + " or an IOMMU would work");
      }
      before = range;
    }
  }

  /** The ranges, cut so that none is too long or crosses the boundary. */
  private static List<DmaRange> pieces(List<DmaRange> ranges, DmaConstraints needs, String what) {
    // A cut must leave the next piece aligned.
    long longest =
        needs.maxSegment() & -Math.max(DmaConstraints.SMALLEST_SEGMENT, needs.alignment());
    long boundary = needs.segmentBoundaryMask();
    // No address lies beyond the largest mask, so that one is no boundary either.
    boolean bounded = boundary >= 0 && boundary < Long.MAX_VALUE;
    long atMost = 0;
    for (DmaRange range : ranges) {
      // A cut at a boundary may come between any two cuts for length, and one at each end.
      long forLength = (range.length() - 1) / longest;
      long forBoundary =
          bounded ? range.last() / (boundary + 1) - range.address() / (boundary + 1) : 0;
      atMost += 1 + Math.min(MOST_RUNS, forLength) + Math.min(MOST_RUNS, forBoundary);
    }
    if (atMost > MOST_RUNS) {
      throw new DmaBufException(
          Errno.ENOMEM, what + " would need more than " + MOST_RUNS + " runs of addresses");
    }
    List<DmaRange> pieces = new ArrayList<>((int) atMost);
    for (DmaRange range : ranges) {
      long address = range.address();
      long left = range.length();
      while (left > 0) {
        long piece = Math.min(left, longest);
        if (bounded) {
          piece = Math.min(piece, boundary - (address & boundary) + 1);
        }
        pieces.add(new DmaRange(address, piece));
        left -= piece;
        if (left > 0) {
          address += piece;
        }
      }
    }
    return pieces;
  }
}
