package org.dmabuf;

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
   * device must map again before its next use. Called with the reservation held; must not wait.
   */
  void moveNotify(Attachment attachment);

  /** Returns whether the device can reach another device's memory directly. */
  default boolean allowPeerToPeer() {
    return false;
  }
}
