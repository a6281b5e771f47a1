package org.dmabuf;

import java.util.Objects;
import java.util.Optional;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.resv.DmaResv;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an exporter says of a buffer that it exports.
 *
 * <p>Kernel counterpart: {@code struct dma_buf_export_info}, {@code DEFINE_DMA_BUF_EXPORT_INFO}.
 *
 * @param exporterName as bufinfo shows it, never null or empty
 * @param size bytes, 0 or more; never changes
 * @param ops what the driver does for this buffer, never null
 * @param policy what becomes of it when the driver's bundle stops, never null
 * @param cacheMappings whether a mapping is kept until detach
 * @param reservation the exporter's own, which outlives the buffer; empty for a fresh one
 * @param fileFlags access mode and status flags of the buffer's file, see {@link OpenFlags}
 */
public record ExportInfo(
    String exporterName,
    long size,
    DmaBufOps ops,
    ExportPolicy policy,
    boolean cacheMappings,
    Optional<DmaResv> reservation,
    int fileFlags) {
  private static final Logger LOG = LoggerFactory.getLogger(ExportInfo.class);

  /**
   * Checks what the types cannot say.
   *
   * @throws DmaBufException EINVAL, and a warning in the log, for no or an empty name, no ops, no
   *     policy, a negative size, cached mappings of storage that can be pinned, or ADOPT without
   *     {@link DmaBufOps.Adoptable}
   */
  public ExportInfo {
    Objects.requireNonNull(reservation, "reservation");
    if (exporterName == null || exporterName.isEmpty() || size < 0) {
      throw refused(
          exporterName, "exports " + size + " bytes; a name, and a size of 0 or more, would work");
    }
    if (ops == null || policy == null) {
      throw refused(exporterName, "exports without ops or without a policy; both are needed");
    }
    if (cacheMappings && ops instanceof DmaBufOps.Pinnable) {
      throw refused(exporterName, "caches mappings of storage that it pins; one or the other");
    }
    if (policy == ExportPolicy.ADOPT && !(ops instanceof DmaBufOps.Adoptable)) {
      throw refused(exporterName, "asks for ADOPT without being Adoptable; WAIT or REVOKE work");
    }
  }

  /** An exporter that is wrong is so for all its buffers, so its author hears of it in the log. */
  private static DmaBufException refused(String exporterName, String why) {
    DmaBufException refused =
        new DmaBufException(Errno.EINVAL, "Exporter '" + exporterName + "' " + why);
    LOG.warn("{}", refused.sentence());
    return refused;
  }

  /** Returns an export with a fresh reservation and mappings made anew each time. */
  public static ExportInfo of(String exporterName, long size, DmaBufOps ops, ExportPolicy policy) {
    return new ExportInfo(
        exporterName, size, ops, policy, false, Optional.empty(), OpenFlags.O_RDWR);
  }

  /** Returns the same export with mappings that are kept until detach. */
  public ExportInfo withCachedMappings() {
    return new ExportInfo(exporterName, size, ops, policy, true, reservation, fileFlags);
  }

  /** Returns the same export with the exporter's own reservation. */
  public ExportInfo withReservation(DmaResv own) {
    return new ExportInfo(
        exporterName, size, ops, policy, cacheMappings, Optional.of(own), fileFlags);
  }

  /** Returns the same export with a file that is opened with these flags instead of O_RDWR. */
  public ExportInfo withFileFlags(int flags) {
    return new ExportInfo(exporterName, size, ops, policy, cacheMappings, reservation, flags);
  }
}
