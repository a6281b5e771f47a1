package org.dmabuf.sg;

import java.util.Objects;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * A way to hand storage from an exporter to an importer. Two offers can agree only when they name
 * the same type, and the type then compares what both say.
 *
 * <p>Two are the framework's; others may be made by those who know them, and are told apart by
 * identity. Kernel counterpart: {@code struct dma_buf_mapping_type}.
 */
public final class MappingType {
  /** A scatter-gather table of memory. */
  public static final MappingType SG_TABLE =
      new MappingType("sg table", (exporter, importer) -> exporter.checkDetail(importer));

  /** A scatter-gather table of another device's addresses, without CPU memory. */
  public static final MappingType PEER_ADDRESSES =
      new MappingType("peer addresses", (exporter, importer) -> exporter.checkDetail(importer));

  /** Compares two offers of one type. */
  @FunctionalInterface
  public interface Matcher {
    /**
     * Returns when the offers agree.
     *
     * @throws DmaBufException EOPNOTSUPP to go on with the next two; any other ends the search
     */
    void match(MappingOffer exporter, MappingOffer importer);
  }

  private final String name;
  private final Matcher matcher;

  /**
   * Makes a type.
   *
   * @param name for messages, never null or empty
   * @param matcher what compares two offers of it, never null
   * @throws DmaBufException EINVAL for an empty name
   */
  public MappingType(String name, Matcher matcher) {
    if (name.isEmpty()) {
      throw new DmaBufException(Errno.EINVAL, "A mapping type was made without a name");
    }
    this.name = name;
    this.matcher = Objects.requireNonNull(matcher, "matcher");
  }

  /** Returns its name, never null or empty. */
  public String name() {
    return name;
  }

  @Override
  public String toString() {
    return name;
  }

  void match(MappingOffer exporter, MappingOffer importer) {
    matcher.match(exporter, importer);
  }
}
