package org.dmabuf.negotiation;

import java.util.LinkedHashMap;
import java.util.Map;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaConstraints;
import org.dmabuf.Errno;

/**
 * A place that an exporter's memory can come from, and what it promises of it. Plain data.
 *
 * <pre>
 *   0 ...... | run | ...... | run |run| ........ addressMask
 *            ^ a multiple of alignment; each run a multiple of shortestRun long
 * </pre>
 *
 * <p>Kernel counterpart: {@code struct ttm_place}; for heaps, what a heap's name stands for.
 *
 * @param name among the exporter's placements, never null or empty
 * @param cost how dear its memory is: 0 for what there is plenty of; the least cost is taken
 * @param addressMask the highest address at which it may lie, of the form 2^n - 1; all ones when
 *     that is not known
 * @param alignment each run begins on a multiple of it, in bytes; a power of two
 * @param contiguous whether a buffer is one run
 * @param shortestRun buffers are rounded up to a multiple of it and each run is one, in bytes; a
 *     power of two
 * @param peer whether it is another device's memory, which only peers reach
 * @param maxBytes the largest buffer in bytes, 1 or more
 */
public record Placement(
    String name,
    int cost,
    long addressMask,
    long alignment,
    boolean contiguous,
    long shortestRun,
    boolean peer,
    long maxBytes) {
  private static final long LONGEST_RUN = 1L << 40;

  /**
   * Checks the fields.
   *
   * @throws DmaBufException EINVAL for an empty name or a number out of its range
   */
  public Placement {
    boolean mask = addressMask != 0 && (addressMask & addressMask + 1) == 0;
    boolean powers = isPower(alignment) && isPower(shortestRun) && shortestRun <= LONGEST_RUN;
    if (name.isEmpty() || !mask || !powers || maxBytes < 1) {
      throw new DmaBufException(
          Errno.EINVAL,
          ("Placement '%s' was described with addresses to %#x, alignment %d, runs of %d and"
                  + " buffers of %d bytes; a name, a mask 2^n - 1, powers of two and 1 or more"
                  + " would work")
              .formatted(name, addressMask, alignment, shortestRun, maxBytes));
    }
  }

  /** Returns ordinary pages anywhere, scattered, at a cost. */
  public static Placement ofPages(String name, int cost) {
    long page = DmaConstraints.SMALLEST_SEGMENT;
    return new Placement(name, cost, -1L, page, false, page, false, Long.MAX_VALUE);
  }

  /** Returns the same memory in one run for each buffer. */
  public Placement inOneRun() {
    return new Placement(name, cost, addressMask, alignment, true, shortestRun, peer, maxBytes);
  }

  /** Returns the same memory of a device, which only its peers reach. */
  public Placement ofPeer() {
    return new Placement(
        name, cost, addressMask, alignment, contiguous, shortestRun, true, maxBytes);
  }

  /** Returns the same memory below an address, of the form 2^n - 1. */
  public Placement below(long mask) {
    return new Placement(name, cost, mask, alignment, contiguous, shortestRun, peer, maxBytes);
  }

  /** Returns the same memory for buffers that are no larger, in bytes. */
  public Placement upTo(long bytes) {
    return new Placement(name, cost, addressMask, alignment, contiguous, shortestRun, peer, bytes);
  }

  static Placement read(String name, PropertyReader of) {
    long page = DmaConstraints.SMALLEST_SEGMENT;
    return new Placement(
        name,
        of.smallNumber(ServiceKeys.COST, 0),
        of.number(ServiceKeys.ADDRESS_MASK, -1L),
        of.number(ServiceKeys.ALIGNMENT, page),
        of.flag(ServiceKeys.CONTIGUOUS),
        of.number(ServiceKeys.RUN, page),
        of.flag(ServiceKeys.PEER),
        of.number(ServiceKeys.MAX_BYTES, Long.MAX_VALUE));
  }

  Map<String, Object> toProperties() {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put(ServiceKeys.COST + "." + name, cost);
    properties.put(ServiceKeys.ADDRESS_MASK + "." + name, addressMask);
    properties.put(ServiceKeys.ALIGNMENT + "." + name, alignment);
    properties.put(ServiceKeys.CONTIGUOUS + "." + name, contiguous);
    properties.put(ServiceKeys.RUN + "." + name, shortestRun);
    properties.put(ServiceKeys.PEER + "." + name, peer);
    properties.put(ServiceKeys.MAX_BYTES + "." + name, maxBytes);
    return properties;
  }

  /** Returns the bytes that a buffer has here that must have so many, 1 to 2^62. */
  long rounded(long bytes) {
    return bytes + (shortestRun - 1) & -shortestRun;
  }

  /** Returns whether a buffer of so many bytes, rounded, is certainly one run. */
  boolean isOneRun(long bytes) {
    return contiguous || bytes <= shortestRun;
  }

  private static boolean isPower(long number) {
    return number > 0 && Long.bitCount(number) == 1;
  }
}
