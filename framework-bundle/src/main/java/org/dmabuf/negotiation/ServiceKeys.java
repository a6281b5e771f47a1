package org.dmabuf.negotiation;

import org.dmabuf.DmaConstraints;

/**
 * The service properties in which importers say what they need and exporters what they offer. All
 * values are JDK types; {@link ImporterNeeds} and {@link ExporterOffer} read them, and write them
 * for those who register services by hand. A number may also stand as text, as {@link Long#decode}
 * takes it.
 *
 * <pre>
 *   importer   dmabuf.device = "camera0"        exporter   dmabuf.exporter   = "vram"
 *              dmabuf.address.mask = 0xffffffff             dmabuf.placements = { "vram", "system" }
 *              dmabuf.formats = { "NV12" }                  dmabuf.contiguous.vram   = true
 *              dmabuf.modifiers.NV12 = { 0 }                dmabuf.cost.system       = 20
 * </pre>
 *
 * <p>Where an exporter has several placements, a key with {@code .PLACEMENT} behind it counts for
 * that one, and the bare key for all others.
 */
public final class ServiceKeys {
  /** Importers: the device's name, a String; needed. */
  public static final String DEVICE = "dmabuf.device";

  /** Exporters: the exporter's name, a String; needed. */
  public static final String EXPORTER = "dmabuf.exporter";

  /** Both: the driver, a String; whose devices understand each other's implicit modifiers. */
  public static final String DRIVER = "dmabuf.driver";

  /** Both: names of pixel formats, a String[]; without it all. */
  public static final String FORMATS = "dmabuf.formats";

  /**
   * Both: modifiers, a long[]; without it linear only. With {@code .FORMAT} behind it for that
   * format.
   */
  public static final String MODIFIERS = "dmabuf.modifiers";

  /** Both: what every pitch is a multiple of, in bytes, an Integer; without it 1. */
  public static final String PITCH_ALIGN = "dmabuf.pitch.align";

  /** Both: the least width in pixels, an Integer; without it 1. */
  public static final String MIN_WIDTH = "dmabuf.width.min";

  /** Both: the greatest width in pixels, an Integer; without it no limit. */
  public static final String MAX_WIDTH = "dmabuf.width.max";

  /** Both: the least height in pixels, an Integer; without it 1. */
  public static final String MIN_HEIGHT = "dmabuf.height.min";

  /** Both: the greatest height in pixels, an Integer; without it no limit. */
  public static final String MAX_HEIGHT = "dmabuf.height.max";

  /** Both, exporters for each placement: the largest buffer, in bytes, a Long; without it none. */
  public static final String MAX_BYTES = "dmabuf.size.max";

  /**
   * Importers: the highest address that the device reaches; exporters, for each placement: the
   * highest at which the memory may lie; a Long of the form 2^n - 1; without it all ones.
   */
  public static final String ADDRESS_MASK = "dmabuf.address.mask";

  /**
   * Importers: what each run of addresses must begin on a multiple of; exporters, for each
   * placement: what it does begin on; a Long in bytes, a power of two. Without it an importer takes
   * any, and an exporter gives pages of {@value DmaConstraints#SMALLEST_SEGMENT} bytes.
   */
  public static final String ALIGNMENT = "dmabuf.alignment";

  /**
   * Importers: whether the device needs a buffer in one run of addresses; exporters, for each
   * placement: whether it gives that; a Boolean; without it false.
   */
  public static final String CONTIGUOUS = "dmabuf.contiguous";

  /** Importers: the longest run of addresses, in bytes, a Long; without it none. */
  public static final String MAX_SEGMENT = "dmabuf.segment.max";

  /** Importers: no run crosses a multiple of this plus 1, a Long; without it none. */
  public static final String SEGMENT_BOUNDARY = "dmabuf.segment.boundary";

  /** Importers: how many runs of addresses the device takes, an Integer; without it 2^20. */
  public static final String MAX_SEGMENTS = "dmabuf.segments.max";

  /** Importers: the page of the IOMMU before the device, in bytes, a Long; 0 or none without. */
  public static final String IOMMU_PAGE = "dmabuf.iommu.page";

  /**
   * Importers: whether the device reaches the memory of other devices; exporters, for each
   * placement: whether it is such memory; a Boolean; without it false.
   */
  public static final String PEER = "dmabuf.peer";

  /** Exporters: the names of the places that memory can come from, a String[]; without it one. */
  public static final String PLACEMENTS = "dmabuf.placements";

  /** Exporters, for each placement: how dear its memory is, an Integer; without it 0. */
  public static final String COST = "dmabuf.cost";

  /**
   * Exporters, for each placement: buffers are rounded up to a multiple of this, and each run of
   * their memory is one; a Long in bytes, a power of two; without it pages of {@value
   * DmaConstraints#SMALLEST_SEGMENT} bytes.
   */
  public static final String RUN = "dmabuf.run";

  private ServiceKeys() {}
}
