package org.dmabuf;

import java.util.List;
import org.dmabuf.sg.MappingOffer;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a dynamic importer gives when it attaches: it copes with storage that moves.
 *
 * <p>Kernel counterpart: {@code struct dma_buf_attach_ops}.
 */
@ConsumerType
public interface ImporterOps {
  /**
   * The storage moves, or the exporter goes: mappings stay valid until they are unmapped, but the
   * device must map again before its next use. Called with the reservation held, so that the
   * importer may unmap and map right here; must not wait.
   */
  void moveNotify(Attachment attachment);

  /** Returns whether the device can reach another device's memory directly. */
  default boolean allowPeerToPeer() {
    return false;
  }

  /**
   * Returns whether the importer, when told of a move, stops the device and unmaps soon, so that an
   * exporter can take the storage back for good.
   */
  default boolean isRevocable() {
    return false;
  }

  /**
   * Returns the types of mapping that the importer can use, best first; asked once, by exporters
   * that have a choice, while the device attaches. Never null.
   */
  default List<MappingOffer> mappingOffers() {
    return List.of(MappingOffer.SG_TABLE);
  }
}
