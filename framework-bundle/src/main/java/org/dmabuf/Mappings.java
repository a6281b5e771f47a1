package org.dmabuf;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.dmabuf.debug.Acquisition;
import org.dmabuf.debug.LeakKind;
import org.dmabuf.debug.Snapshot;
import org.dmabuf.fault.FaultPoint;
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
 * <p>Guarded by the buffer's reservation; only who takes a snapshot looks without it.
 */
final class Mappings {
  private static final Logger LOG = LoggerFactory.getLogger(Mappings.class);
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  private final Attachment attachment;
  private final BufferObject buffer;
  private final List<DeviceMapping> all = new CopyOnWriteArrayList<>();
  private DeviceMapping kept;

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
    try {
      for (int i = 0; i < all.size(); i++) {
        if (all.get(i).isOf(view)) {
          drop(all.remove(i));
          return;
        }
      }
    } finally {
      // Who is about to give it back has not dropped it.
      Reference.reachabilityFence(view);
    }
    throw new DmaBufException(
        Errno.EINVAL, "A table was unmapped that is not mapped through " + attachment.describe());
  }

  /** Returns the memory behind a table; without the reservation, too. */
  List<MemorySegment> access(SgTable view) {
    for (DeviceMapping mapping : all) {
      if (mapping.isOf(view)) {
        return mapping.access(view);
      }
    }
    throw new DmaBufException(
        Errno.EINVAL,
        "The memory of a table was asked for that is not mapped through " + attachment.describe());
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
    SgTable given = buffer.callLocked(FaultPoint.MAP, what, ops -> ops.map(attachment, direction));
    if (given == null) {
      throw new DmaBufException(
          Errno.ENOMEM, "The exporter of " + buffer.describe() + " gave no table");
    }
    buffer.debug().checkTable(given, attachment);
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
    SgTable memory = DmaMapper.withAccess(fitted.view(), direction);
    MappingLifetime lifetime = buffer.debug().begin(memory);
    SgTable view = buffer.debug().forImporter(memory);
    Acquisition note =
        keep ? null : attachment.leaks().take(LeakKind.DEVICE_MAPPING, view, attachment);
    DeviceMapping mapping =
        new DeviceMapping(
            given, fitted, view, direction, keep, lifetime, buffer.clock().nanos(), note);
    all.add(mapping);
    buffer.deviceMapped();
    if (!attachment.isDynamic()) {
      awaitStorage(mapping);
    }
    if (keep) {
      kept = mapping;
    }
    return view;
  }

  List<Snapshot.Mapping> snapshot(long atNanos) {
    return all.stream().map(mapping -> mapping.snapshot(atNanos)).toList();
  }

  /** A static importer does not know of moves, so what it gets has arrived. */
  private void awaitStorage(DeviceMapping mapping) {
    try {
      buffer.resv().await(Usage.KERNEL, FOR_EVER);
    } catch (DmaBufException interrupted) {
      all.remove(mapping);
      drop(mapping);
      throw interrupted;
    }
  }

  private void drop(DeviceMapping mapping) {
    mapping.end(attachment);
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
          FaultPoint.UNMAP,
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
