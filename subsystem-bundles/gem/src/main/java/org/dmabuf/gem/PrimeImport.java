package org.dmabuf.gem;

import org.dmabuf.Attachment;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.sg.SgTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Another device's buffer as this one has it.
 *
 * <pre>
 *   begin: attach -> get -> map (both directions)        end: unmap -> detach -> put
 * </pre>
 *
 * <p>Kernel counterpart: {@code drm_gem_prime_import_dev()} and {@code drm_prime_gem_destroy()}.
 *
 * @param buffer with a count of its own, never null
 * @param attachment of the importing device, never null
 * @param table as mapped, never null
 */
record PrimeImport(DmaBuf buffer, Attachment attachment, SgTable table) {
  private static final Logger LOG = LoggerFactory.getLogger(PrimeImport.class);

  /**
   * Attaches and maps; on failure nothing is left.
   *
   * @param buffer of which the caller keeps its count
   * @throws DmaBufException the exporter's errors, ENODEV when the importer's bundle leaves
   */
  static PrimeImport begin(DmaBuf buffer, DmaDevice device) {
    Attachment attachment = buffer.attach(device);
    try {
      SgTable table = attachment.mapUnlocked(DmaDirection.BIDIRECTIONAL);
      return new PrimeImport(buffer.get(), attachment, table);
    } catch (RuntimeException refused) {
      attachment.detach();
      throw refused;
    }
  }

  /** Gives back; what the framework has taken back already, with the bundle, is left alone. */
  void end() {
    guarded(() -> attachment.unmapUnlocked(table));
    guarded(attachment::detach);
    guarded(buffer::close);
  }

  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (DmaBufException done) {
      LOG.debug("Giving {} back: {}", buffer, done.getMessage());
    }
  }
}
