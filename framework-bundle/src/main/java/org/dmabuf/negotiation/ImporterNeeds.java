package org.dmabuf.negotiation;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaConstraints;
import org.dmabuf.DmaDevice;
import org.dmabuf.Errno;
import org.dmabuf.Iommu;
import org.dmabuf.format.FrameLayout;

/**
 * What a buffer must be like for one device. Plain data; an {@link Importer} itself, for those who
 * know a device by its properties only.
 *
 * <pre>
 *   pixels      formats with modifiers, pitch alignment, sizes
 *   memory      memory() is what the storage must be like
 *   addresses   constraints() is what the device's addresses must be like: the same thing,
 *               unless an IOMMU makes them out of whole pages of memory
 * </pre>
 *
 * @param name the device, never null or empty
 * @param driver whose it is, which matters for implicit modifiers only; empty for none of them;
 *     never null
 * @param formats what it reads or writes, never null
 * @param constraints what its addresses must be like, never null
 * @param iommuPage the page of the IOMMU before it, in bytes, a power of two; 0 when there is none
 * @param maxSegments how many runs of addresses it takes, 1 or more
 * @param peerToPeer whether it reaches the memory of other devices
 * @param pitchAlign what every pitch is a multiple of, in bytes: a power of two from 1 to {@link
 *     FrameLayout#MAX_PITCH_ALIGN}
 * @param sizes how large frames and buffers may be, never null
 */
public record ImporterNeeds(
    String name,
    String driver,
    FormatTable formats,
    DmaConstraints constraints,
    long iommuPage,
    int maxSegments,
    boolean peerToPeer,
    int pitchAlign,
    SizeLimits sizes)
    implements Importer {
  /** No device is given more runs of addresses than this. */
  public static final int MOST_SEGMENTS = 1 << 20;

  /**
   * Checks the fields.
   *
   * @throws DmaBufException EINVAL for an empty name or a number out of its range
   */
  public ImporterNeeds {
    Objects.requireNonNull(driver, "driver");
    Objects.requireNonNull(formats, "formats");
    Objects.requireNonNull(constraints, "constraints");
    Objects.requireNonNull(sizes, "sizes");
    boolean page = iommuPage == 0 || (iommuPage > 0 && Long.bitCount(iommuPage) == 1);
    if (name.isEmpty() || !page || maxSegments < 1) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Device '%s' behind an IOMMU with pages of %d bytes was said to take %d runs; a name, a"
                  .formatted(name, iommuPage, maxSegments)
              + " power of two (or 0 for none) and 1 or more would work");
    }
    checkPitch(name, pitchAlign);
  }

  /**
   * Returns the needs of a device that has no limits but those of its addresses.
   *
   * @param device the device, never null
   */
  public static ImporterNeeds of(DmaDevice device) {
    return new ImporterNeeds(
        device.name(),
        "",
        FormatTable.ANY,
        device.constraints(),
        device.iommu().map(Iommu::granule).orElse(0L),
        MOST_SEGMENTS,
        false,
        1,
        SizeLimits.NONE);
  }

  /**
   * Reads the needs of a device from its service properties, see {@link ServiceKeys}.
   *
   * @param properties never null
   * @throws DmaBufException EINVAL for properties that cannot be read, or that no device has
   */
  public static ImporterNeeds of(Map<String, ?> properties) {
    PropertyReader reader = new PropertyReader(properties, ServiceKeys.DEVICE);
    return new ImporterNeeds(
        reader.text(ServiceKeys.DEVICE, ""),
        reader.text(ServiceKeys.DRIVER, ""),
        FormatTable.read(reader),
        new DmaConstraints(
            reader.number(ServiceKeys.ADDRESS_MASK, DmaConstraints.NONE.addressMask()),
            reader.number(ServiceKeys.ALIGNMENT, DmaConstraints.NONE.alignment()),
            reader.flag(ServiceKeys.CONTIGUOUS),
            reader.number(ServiceKeys.MAX_SEGMENT, DmaConstraints.NONE.maxSegment()),
            reader.number(ServiceKeys.SEGMENT_BOUNDARY, DmaConstraints.NONE.segmentBoundaryMask())),
        reader.number(ServiceKeys.IOMMU_PAGE, 0),
        reader.smallNumber(ServiceKeys.MAX_SEGMENTS, MOST_SEGMENTS),
        reader.flag(ServiceKeys.PEER),
        reader.smallNumber(ServiceKeys.PITCH_ALIGN, 1),
        SizeLimits.read(reader));
  }

  /** Returns the same needs as service properties, all of JDK types; never null. */
  public Map<String, Object> toProperties() {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put(ServiceKeys.DEVICE, name);
    properties.put(ServiceKeys.DRIVER, driver);
    properties.putAll(formats.toProperties());
    properties.put(ServiceKeys.ADDRESS_MASK, constraints.addressMask());
    properties.put(ServiceKeys.ALIGNMENT, constraints.alignment());
    properties.put(ServiceKeys.CONTIGUOUS, constraints.contiguous());
    properties.put(ServiceKeys.MAX_SEGMENT, constraints.maxSegment());
    properties.put(ServiceKeys.SEGMENT_BOUNDARY, constraints.segmentBoundaryMask());
    properties.put(ServiceKeys.IOMMU_PAGE, iommuPage);
    properties.put(ServiceKeys.MAX_SEGMENTS, maxSegments);
    properties.put(ServiceKeys.PEER, peerToPeer);
    properties.put(ServiceKeys.PITCH_ALIGN, pitchAlign);
    properties.putAll(sizes.toProperties());
    return properties;
  }

  /** Returns the same needs for the devices of a driver, never null. */
  public ImporterNeeds withDriver(String whose) {
    return new ImporterNeeds(
        name, whose, formats, constraints, iommuPage, maxSegments, peerToPeer, pitchAlign, sizes);
  }

  /**
   * Returns the same needs with those that pixels have.
   *
   * @param known the formats, never null
   * @param align what every pitch is a multiple of, in bytes
   * @param limits how large frames and buffers may be, never null
   */
  public ImporterNeeds withPixels(FormatTable known, int align, SizeLimits limits) {
    return new ImporterNeeds(
        name, driver, known, constraints, iommuPage, maxSegments, peerToPeer, align, limits);
  }

  /** Returns the same needs with a limit of the runs of addresses, 1 or more. */
  public ImporterNeeds withMaxSegments(int most) {
    return new ImporterNeeds(
        name, driver, formats, constraints, iommuPage, most, peerToPeer, pitchAlign, sizes);
  }

  /** Returns the same needs of a device that reaches the memory of others. */
  public ImporterNeeds withPeerToPeer() {
    return new ImporterNeeds(
        name, driver, formats, constraints, iommuPage, maxSegments, true, pitchAlign, sizes);
  }

  @Override
  public ImporterNeeds needs() {
    return this;
  }

  /** Returns what the memory of a buffer must be like, as {@link DmaDevice#needs()} does. */
  public DmaConstraints memory() {
    return iommuPage == 0
        ? constraints
        : new DmaConstraints(-1L, iommuPage, false, Long.MAX_VALUE, -1L);
  }

  static void checkPitch(String name, int pitchAlign) {
    if (pitchAlign < 1
        || pitchAlign > FrameLayout.MAX_PITCH_ALIGN
        || Integer.bitCount(pitchAlign) != 1) {
      throw new DmaBufException(
          Errno.EINVAL,
          "%s aligns pitches to %d bytes; a power of two from 1 to %d would work"
              .formatted(name, pitchAlign, FrameLayout.MAX_PITCH_ALIGN));
    }
  }
}
