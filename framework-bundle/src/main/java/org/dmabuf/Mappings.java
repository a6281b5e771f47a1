package org.dmabuf;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.resv.Usage;
import org.dmabuf.sg.SgTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one attachment has mapped.
 *
 * <pre>
 *   exporter's map --> given --{@link DmaMapper}--> fitted --> view --> importer
 *                        |                            |
 *   exporter's unmap <---+      addresses given back <+
 *
 *   kept: mapped at attach, or the first mapping of an exporter that caches; until detach
 * </pre>
 *
 * <p>Guarded by the buffer's reservation.
 */
final class Mappings {
  /** A table as the exporter gave it, as it suits the device, and as the importer has it. */
  private record Mapping(SgTable given, SgTable fitted, SgTable view, DmaDirection direction) {}

  private static final Logger LOG = LoggerFactory.getLogger(Mappings.class);
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  private final Attachment attachment;
  private final BufferObject buffer;
  private final List<Mapping> all = new ArrayList<>(1);
  private Mapping kept;

  Mappings(Attachment attachment, BufferObject buffer) {
    this.attachment = attachment;
    this.buffer = buffer;
  }

  boolean isEmpty() {
    return all.isEmpty();
  }

  /** The kept mapping when there is one, else a new one. */
  SgTable map(DmaDirection direction) {
    if (kept == null) {
      return mapAnew(direction, buffer.cacheMappings());
    }
    if (kept.direction() != direction && kept.direction() != DmaDirection.BIDIRECTIONAL) {
      throw new DmaBufException(
          Errno.EBUSY,
          attachment.describe()
              + " has a cached mapping "
              + kept.direction()
              + ", "
              + direction
              + " was asked; detach, or map BIDIRECTIONAL first");
    }
    return kept.view();
  }

  /** Maps at attach, for both directions, until detach. */
  void mapAndKeep() {
    mapAnew(DmaDirection.BIDIRECTIONAL, true);
  }

  /** Gives a mapping back; a kept one stays. EINVAL for a table that is not mapped here. */
  void unmap(SgTable view) {
    if (kept != null && kept.view() == view) {
      return;
    }
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).view() == view) {
        drop(all.remove(i));
        return;
      }
    }
    throw new DmaBufException(
        Errno.EINVAL, "A table was unmapped that is not mapped through " + attachment.describe());
  }

  /** Gives back whatever is mapped, the kept one too. */
  void unmapAll() {
    kept = null;
    while (!all.isEmpty()) {
      drop(all.removeFirst());
    }
  }

  private SgTable mapAnew(DmaDirection direction, boolean keep) {
    String what = "Map for " + attachment.device().name();
    SgTable given = buffer.callLocked(what, ops -> ops.map(attachment, direction));
    if (given == null) {
      throw new DmaBufException(
          Errno.ENOMEM, "The exporter of " + buffer.describe() + " gave no table");
    }
    SgTable fitted;
    try {
      fitted =
          DmaMapper.fit(
              given,
              attachment.device(),
              attachment.isPeerToPeer(),
              what + " of " + buffer.describe());
    } catch (DmaBufException unsuitable) {
      unmapBy(given, direction);
      throw unsuitable;
    }
    SgTable view = DmaMapper.withAccess(fitted.view(), direction);
    Mapping mapping = new Mapping(given, fitted, view, direction);
    all.add(mapping);
    buffer.deviceMapped();
    if (!attachment.isDynamic()) {
      awaitStorage(mapping);
    }
    if (keep) {
      kept = mapping;
    }
    return mapping.view();
  }

  /** A static importer does not know of moves, so what it gets has arrived. */
  private void awaitStorage(Mapping mapping) {
    try {
      buffer.resv().await(Usage.KERNEL, FOR_EVER);
    } catch (DmaBufException interrupted) {
      all.remove(mapping);
      drop(mapping);
      throw interrupted;
    }
  }

  private void drop(Mapping mapping) {
    if (mapping.fitted() != mapping.given()) {
      mapping.fitted().free();
    }
    unmapBy(mapping.given(), mapping.direction());
    buffer.deviceUnmapped();
  }

  /** Cannot fail: what the exporter does not take back, the framework frees. */
  private void unmapBy(SgTable given, DmaDirection direction) {
    if (buffer.isOrphaned()) {
      given.free();
      return;
    }
    try {
      buffer.callLocked(
          "Unmap for " + attachment.device().name(),
          ops -> {
            ops.unmap(attachment, given, direction);
            return null;
          });
    } catch (DmaBufException failed) {
      LOG.warn("{}; its table is freed by the framework", failed.getMessage());
      given.free();
    }
  }
}
