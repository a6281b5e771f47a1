package org.dmabuf;

/**
 * What a device's addresses must be like. Plain data.
 *
 * <pre>
 *   address  0 ... | boundary | ........ addressMask
 *                  ^ no run of addresses crosses it; each is maxSegment long at most
 * </pre>
 *
 * <p>Kernel counterpart: {@code dma_mask} and {@code struct device_dma_parameters}.
 *
 * @param addressMask the highest address that it can reach, of the form 2^n - 1; all ones when
 *     there is no limit
 * @param alignment each run begins on a multiple of it, in bytes; a power of two, 1 for none
 * @param contiguous whether all addresses of a buffer must follow each other
 * @param maxSegment the longest run, in bytes, {@value #SMALLEST_SEGMENT} or more
 * @param segmentBoundaryMask no run crosses a multiple of this plus 1; of the form 2^n - 1, all
 *     ones when there is none
 */
public record DmaConstraints(
    long addressMask,
    long alignment,
    boolean contiguous,
    long maxSegment,
    long segmentBoundaryMask) {
  /** No device takes shorter runs than this many bytes. */
  public static final long SMALLEST_SEGMENT = 4096;

  /** Everything will do. */
  public static final DmaConstraints NONE = new DmaConstraints(-1L, 1, false, Long.MAX_VALUE, -1L);

  /**
   * Checks the fields.
   *
   * @throws DmaBufException EINVAL for a mask that is not 2^n - 1, an alignment that is no power of
   *     two, or runs that could not be as long as {@value #SMALLEST_SEGMENT} bytes and the
   *     alignment
   */
  public DmaConstraints {
    long least = Math.max(SMALLEST_SEGMENT, alignment);
    boolean boundaryFits = segmentBoundaryMask < 0 || segmentBoundaryMask >= least - 1;
    if (!isMask(addressMask)
        || !isMask(segmentBoundaryMask)
        || alignment < 1
        || Long.bitCount(alignment) != 1
        || maxSegment < least
        || !boundaryFits) {
      throw new DmaBufException(
          Errno.EINVAL,
          ("A device was described with address mask %#x, alignment %d, runs of %d bytes and"
               + " boundary mask %#x; masks are 2^n - 1, an alignment is a power of two, and a run"
               + " is %d bytes or more and no shorter than the alignment")
              .formatted(
                  addressMask, alignment, maxSegment, segmentBoundaryMask, SMALLEST_SEGMENT));
    }
  }

  /** Returns what satisfies both. */
  public DmaConstraints and(DmaConstraints other) {
    return new DmaConstraints(
        addressMask & other.addressMask,
        Math.max(alignment, other.alignment),
        contiguous || other.contiguous,
        // The longest run must not become shorter than the stricter alignment.
        Math.max(Math.min(maxSegment, other.maxSegment), Math.max(alignment, other.alignment)),
        boundaryOf(other));
  }

  private long boundaryOf(DmaConstraints other) {
    long aligned = Math.max(alignment, other.alignment) - 1;
    return (segmentBoundaryMask & other.segmentBoundaryMask) | aligned;
  }

  private static boolean isMask(long mask) {
    return mask != 0 && (mask & (mask + 1)) == 0;
  }
}
