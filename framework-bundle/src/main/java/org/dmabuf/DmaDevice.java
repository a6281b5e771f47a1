package org.dmabuf;

import java.util.Objects;
import java.util.Optional;

/**
 * A device that reads or writes buffers, by its name and what it can address.
 *
 * <pre>
 *   memory -- its own address --------------------------------> device     without an IOMMU
 *   memory -- its own address --> IOMMU -- another address ---> device     with one
 * </pre>
 *
 * <p>A type of the framework's own, so exporters may keep it. Immutable but for its IOMMU's address
 * space; thread-safe. Kernel counterpart: {@code struct device} with {@code dma_parms} and its
 * {@code iommu_domain}.
 */
public final class DmaDevice {
  private final String name;
  private final DmaConstraints constraints;
  private final Iommu iommu; // null: the device uses the memory's own addresses

  private DmaDevice(String name, DmaConstraints constraints, Iommu iommu) {
    this.name = name;
    this.constraints = constraints;
    this.iommu = iommu;
  }

  /**
   * Returns a device without limits.
   *
   * @param name as bufinfo shows it, never null
   * @throws DmaBufException EINVAL for an empty name
   */
  public static DmaDevice named(String name) {
    return builder(name).build();
  }

  /**
   * Begins to describe a device, which has no limits until they are given.
   *
   * @param name as bufinfo shows it, never null
   */
  public static Builder builder(String name) {
    return new Builder(name);
  }

  /** Returns its name, never null or empty. */
  public String name() {
    return name;
  }

  /** Returns what the addresses must be like that it is given, never null. */
  public DmaConstraints constraints() {
    return constraints;
  }

  /** Returns whether it needs a buffer in one run of addresses. */
  public boolean contiguous() {
    return constraints.contiguous();
  }

  /** Returns what translates its addresses; empty when nothing does. */
  public Optional<Iommu> iommu() {
    return Optional.ofNullable(iommu);
  }

  /**
   * Returns what the memory of a buffer must be like for this device: its own constraints, or, as
   * an IOMMU makes one run out of scattered pages, whole pages of that IOMMU only. For exporters
   * that choose their storage late; see {@link Attachment#needsOfAll()}.
   */
  public DmaConstraints needs() {
    if (iommu == null) {
      return constraints;
    }
    return new DmaConstraints(-1L, iommu.granule(), false, Long.MAX_VALUE, -1L);
  }

  @Override
  public String toString() {
    return "device " + name + " " + constraints + (iommu == null ? "" : " behind " + iommu);
  }

  /** Collects what a device can do. Not thread-safe. */
  public static final class Builder {
    private final String name;
    private long addressMask = -1L;
    private long alignment = 1;
    private boolean contiguous;
    private long maxSegment = Long.MAX_VALUE;
    private long segmentBoundaryMask = -1L;
    private Iommu iommu;

    private Builder(String name) {
      this.name = Objects.requireNonNull(name, "name");
    }

    /** The highest address that it can reach, of the form 2^n - 1. */
    public Builder addressMask(long mask) {
      addressMask = mask;
      return this;
    }

    /** Each run of addresses begins on a multiple of this power of two, in bytes. */
    public Builder alignment(long bytes) {
      alignment = bytes;
      return this;
    }

    /** It needs a buffer in one run of addresses. */
    public Builder contiguous() {
      contiguous = true;
      return this;
    }

    /** The longest run that it takes, in bytes. */
    public Builder maxSegment(long bytes) {
      maxSegment = bytes;
      return this;
    }

    /** No run crosses a multiple of this plus 1; of the form 2^n - 1. */
    public Builder segmentBoundaryMask(long mask) {
      segmentBoundaryMask = mask;
      return this;
    }

    /** Its addresses are translated. */
    public Builder iommu(Iommu translating) {
      iommu = Objects.requireNonNull(translating, "iommu");
      return this;
    }

    /**
     * Returns the device.
     *
     * @throws DmaBufException EINVAL for an empty name, and as {@link DmaConstraints}
     */
    public DmaDevice build() {
      if (name.isEmpty()) {
        throw new DmaBufException(Errno.EINVAL, "A device was described without a name");
      }
      return new DmaDevice(
          name,
          new DmaConstraints(addressMask, alignment, contiguous, maxSegment, segmentBoundaryMask),
          iommu);
    }
  }
}
