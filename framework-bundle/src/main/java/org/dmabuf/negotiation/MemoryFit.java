package org.dmabuf.negotiation;

import java.util.List;
import org.dmabuf.DmaConstraints;

/**
 * Whether a device can certainly use memory of a placement, by what the placement promises: what
 * passes here is mapped without an error, and in no more runs than the device takes.
 *
 * <pre>
 *   no IOMMU   each run of memory is cut at the longest segment and the boundary
 *   IOMMU      whole pages of it become one run of addresses, which is cut likewise
 * </pre>
 */
final class MemoryFit {
  private MemoryFit() {}

  /**
   * Adds what a device refuses.
   *
   * @param bytes the buffer's size, rounded as the placement does
   */
  static void check(ImporterNeeds device, Placement memory, long bytes, List<Refusal> to) {
    if (device.sizes().maxBytes() < bytes) {
      to.add(refusal(device, Constraint.BYTES, bytes, device.sizes().maxBytes()));
    }
    if (memory.peer() && !device.peerToPeer()) {
      to.add(refusal(device, Constraint.PEER, 0, 0));
    }
    DmaConstraints needs = device.memory();
    if (highest(memory.addressMask()) > highest(needs.addressMask())) {
      to.add(refusal(device, Constraint.ADDRESS, needs.addressMask(), memory.addressMask()));
    }
    if (memory.alignment() < needs.alignment()) {
      to.add(refusal(device, Constraint.ALIGNMENT, needs.alignment(), memory.alignment()));
    }
    if (needs.contiguous() && !memory.isOneRun(bytes)) {
      to.add(refusal(device, Constraint.CONTIGUITY, 1, memory.shortestRun()));
    }
    boolean translated = device.iommuPage() != 0;
    if (translated && memory.shortestRun() < device.iommuPage() && !memory.isOneRun(bytes)) {
      to.add(refusal(device, Constraint.IOMMU_PAGE, device.iommuPage(), memory.shortestRun()));
    }
    long segments = segments(device, memory, bytes);
    if (segments > device.maxSegments()) {
      to.add(refusal(device, Constraint.SEGMENTS, device.maxSegments(), segments));
    }
  }

  /** No address has the highest bit, so that all ones are no more than all but that. */
  private static long highest(long mask) {
    return mask & Long.MAX_VALUE;
  }

  /** How many runs of addresses there are at most. */
  private static long segments(ImporterNeeds device, Placement memory, long bytes) {
    DmaConstraints needs = device.constraints();
    if (device.iommuPage() != 0) {
      return cut(bytes, Math.max(device.iommuPage(), needs.alignment()), needs);
    }
    if (memory.isOneRun(bytes)) {
      return cut(bytes, memory.alignment(), needs);
    }
    // Many short runs are never fewer pieces than the long ones that they may happen to make up.
    long runs = bytes / memory.shortestRun();
    long each = cut(memory.shortestRun(), memory.alignment(), needs);
    return runs > Long.MAX_VALUE / each ? Long.MAX_VALUE : runs * each;
  }

  /**
   * How many pieces a run is cut into at most, wherever it begins: one, one more for each longest
   * segment that it fills, and one more for each boundary that it may cross.
   */
  private static long cut(long bytes, long alignment, DmaConstraints needs) {
    long step = Math.max(DmaConstraints.SMALLEST_SEGMENT, needs.alignment());
    long longest = needs.maxSegment() & -step;
    long mask = needs.segmentBoundaryMask();
    long crossed = 0;
    if (mask >= 0 && mask < Long.MAX_VALUE) {
      long window = mask + 1;
      long latest = alignment < window ? window - alignment : 0;
      crossed = (bytes - 1) / window + ((bytes - 1) % window + latest) / window;
    }
    return 1 + (bytes - 1) / longest + crossed;
  }

  private static Refusal refusal(
      ImporterNeeds device, Constraint constraint, long asked, long there) {
    return new Refusal(device.name(), constraint, asked, there);
  }
}
