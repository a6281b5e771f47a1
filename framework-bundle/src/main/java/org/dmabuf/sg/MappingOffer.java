package org.dmabuf.sg;

import java.util.List;
import java.util.Objects;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * What one side can do: a type of mapping, and a word that the type compares. Plain data.
 *
 * <p>Kernel counterpart: {@code struct dma_buf_mapping_match}.
 *
 * @param type the type, never null
 * @param detail what the type compares, such as the bus both must sit on; empty says nothing and
 *     fits everything; never null
 */
public record MappingOffer(MappingType type, String detail) {
  /** A table of memory, which every importer and exporter knows. */
  public static final MappingOffer SG_TABLE = new MappingOffer(MappingType.SG_TABLE, "");

  /** Checks the fields. */
  public MappingOffer {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(detail, "detail");
  }

  /**
   * Two offers that agreed.
   *
   * @param exporter the exporter's, never null
   * @param importer the importer's, never null
   */
  public record Agreement(MappingOffer exporter, MappingOffer importer) {}

  /**
   * Finds the first two offers that agree: the exporter's are tried in order, and with each of them
   * the importer's of the same type in order, so that the exporter's preference counts first and
   * the importer's among equals. Kernel counterpart: {@code dma_buf_match_mapping()}.
   *
   * @param exporter what the exporter offers, best first, never null
   * @param importer what the importer offers, best first, never null
   * @return the two, never null
   * @throws DmaBufException EINVAL when none agree; what a matcher threw, unless EOPNOTSUPP, which
   *     passes over its two offers
   */
  public static Agreement agree(List<MappingOffer> exporter, List<MappingOffer> importer) {
    for (MappingOffer ours : exporter) {
      for (MappingOffer theirs : importer) {
        if (ours.type == theirs.type && ours.agreesWith(theirs)) {
          return new Agreement(ours, theirs);
        }
      }
    }
    throw new DmaBufException(
        Errno.EINVAL,
        "An exporter that offers "
            + exporter
            + " and an importer that offers "
            + importer
            + " have no mapping in common; one of the same type on both sides would work");
  }

  @Override
  public String toString() {
    return detail.isEmpty() ? type.name() : type.name() + " on " + detail;
  }

  private boolean agreesWith(MappingOffer importer) {
    try {
      type.match(this, importer);
      return true;
    } catch (DmaBufException refused) {
      if (refused.errno() == Errno.EOPNOTSUPP) {
        return false;
      }
      throw refused;
    }
  }

  /** EOPNOTSUPP unless one side says nothing, or both the same. */
  void checkDetail(MappingOffer importer) {
    if (!detail.isEmpty() && !importer.detail.isEmpty() && !detail.equals(importer.detail)) {
      throw new DmaBufException(
          Errno.EOPNOTSUPP, "An offer of " + this + " does not fit one of " + importer);
    }
  }
}
