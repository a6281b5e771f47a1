package org.dmabuf;

import java.util.Objects;
import java.util.Optional;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.resv.DmaResv;

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

  /**
   * Checks what the types cannot say.
   *
   * @throws DmaBufException EINVAL for no ops, an empty name, a negative size, cached mappings of
   *     storage that can be pinned, or ADOPT without {@link DmaBufOps.Adoptable}
   */
  public ExportInfo {
    Objects.requireNonNull(exporterName, "exporterName");
    if (ops == null) {
      throw new DmaBufException(
          Errno.EINVAL,
          "An export by '"
              + exporterName
              + "' has no ops; the caller is at fault, give it a driver");
    }
    Objects.requireNonNull(policy, "policy");
    Objects.requireNonNull(reservation, "reservation");
    if (exporterName.isEmpty() || size < 0) {
      throw new DmaBufException(
          Errno.EINVAL,
          "An export by '" + exporterName + "' of " + size + " bytes; a name and 0 or more work");
    }
    if (cacheMappings && ops instanceof DmaBufOps.Pinnable) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Exporter "
              + exporterName
              + " caches mappings of storage that it pins; one or the other");
    }
    if (policy == ExportPolicy.ADOPT && !(ops instanceof DmaBufOps.Adoptable)) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Exporter "
              + exporterName
              + " asks for ADOPT without being Adoptable; WAIT or REVOKE work");
    }
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
