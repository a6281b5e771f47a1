package org.dmabuf;

import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;

/**
 * A simulated IOMMU: an address space of its own, in which scattered pages of memory become one run
 * of device addresses. Devices that share one share its addresses.
 *
 * <pre>
 *   device   first ...... [ taken ] ............ [ taken ] ... last
 *                          | | |                  |
 *   memory             page 7, 40, 3             page 9
 * </pre>
 *
 * <p>Thread-safe; its monitor is never held across a call into a bundle. Kernel counterpart: {@code
 * struct iommu_domain} with {@code struct iova_domain}.
 */
public final class Iommu {
  /** The least that one translation covers, in bytes. */
  public static final long DEFAULT_GRANULE = 4096;

  private final String name;
  private final long first;
  private final long last;
  private final long granule;
  // First address of each run that is taken, with its last one.
  private final NavigableMap<Long, Long> taken = new TreeMap<>();

  private Iommu(String name, long first, long last, long granule) {
    this.name = name;
    this.first = first;
    this.last = last;
    this.granule = granule;
  }

  /**
   * Makes an IOMMU that translates pages of {@value #DEFAULT_GRANULE} bytes.
   *
   * @param name for messages, never null
   * @param first its first device address, 0 or more, a multiple of the page
   * @param bytes how many addresses it has, a multiple of the page, one or more
   * @throws DmaBufException EINVAL when it is not one whole page or more; EOVERFLOW when it passes
   *     the last address
   */
  public static Iommu of(String name, long first, long bytes) {
    return of(name, first, bytes, DEFAULT_GRANULE);
  }

  /**
   * As {@link #of(String, long, long)}, for pages of another size.
   *
   * @param granule the size of a page, a power of two
   */
  public static Iommu of(String name, long first, long bytes, long granule) {
    Objects.requireNonNull(name, "name");
    boolean pages = granule > 0 && Long.bitCount(granule) == 1;
    if (!pages || first < 0 || bytes < granule || ((first | bytes) & granule - 1) != 0) {
      throw new DmaBufException(
          Errno.EINVAL,
          "IOMMU %s was made with %d addresses from %d in pages of %d; it has one whole page or more,"
                  .formatted(name, bytes, first, granule)
              + " whose size is a power of two");
    }
    if (first > Long.MAX_VALUE - (bytes - 1)) {
      throw new DmaBufException(
          Errno.EOVERFLOW,
          "IOMMU %s was made with %d addresses from %d; the last address is %d"
              .formatted(name, bytes, first, Long.MAX_VALUE));
    }
    return new Iommu(name, first, first + (bytes - 1), granule);
  }

  /** Returns the least that it translates, in bytes, a power of two. */
  public long granule() {
    return granule;
  }

  /** Returns how many addresses are taken now. */
  public synchronized long used() {
    long sum = 0;
    for (Map.Entry<Long, Long> run : taken.entrySet()) {
      sum += run.getValue() - run.getKey() + 1;
    }
    return sum;
  }

  /**
   * Takes a run of addresses, the lowest that is free.
   *
   * @param bytes how many, 1 or more; whole pages are taken
   * @param alignment of the first one, a power of two
   * @param mask the highest address that will do
   * @return the first address, or -1 when there is no such run
   */
  synchronized long take(long bytes, long alignment, long mask) {
    long highest = mask < 0 ? last : Math.min(last, mask);
    long step = Math.max(alignment, granule);
    long at = alignUp(first, step);
    for (Map.Entry<Long, Long> run : taken.entrySet()) {
      if (at < 0 || fits(at, bytes, run.getKey() - 1)) {
        break;
      }
      // The last address of all has no next one.
      at = run.getValue() == Long.MAX_VALUE ? -1 : alignUp(Math.max(at, run.getValue() + 1), step);
    }
    if (at < 0 || !fits(at, bytes, highest)) {
      return -1;
    }
    long end = at + (bytes - 1);
    taken.put(at, end | granule - 1);
    return at;
  }

  /** Gives back what {@link #take} gave. */
  synchronized void give(long address) {
    taken.remove(address);
  }

  @Override
  public String toString() {
    return "IOMMU " + name;
  }

  private static boolean fits(long at, long bytes, long lastFree) {
    return at <= lastFree && bytes - 1 <= lastFree - at;
  }

  /** -1 when there is no such address. */
  private static long alignUp(long address, long step) {
    return address > Long.MAX_VALUE - (step - 1) ? -1 : address + (step - 1) & -step;
  }
}
