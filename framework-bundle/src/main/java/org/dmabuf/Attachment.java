package org.dmabuf;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.sg.SgTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A device attached to a buffer, by the client that attached it.
 *
 * <pre>
 *   ATTACHED --map--> mapped n times --unmap--> ... --detach()--> DETACHED
 *
 *   mapped at attach and cached (BIDIRECTIONAL) when one side is dynamic and the other is not
 * </pre>
 *
 * <p>Map and unmap need the buffer's reservation; detach must be called without it. Kernel
 * counterpart: {@code struct dma_buf_attachment}.
 */
public final class Attachment implements AutoCloseable {
  private enum State {
    ATTACHED,
    DETACHED
  }

  private record Mapping(SgTable table, DmaDirection direction) {}

  private static final Logger LOG = LoggerFactory.getLogger(Attachment.class);

  private final Client client;
  private final BufferObject buffer;
  private final DmaDevice device;
  private final boolean dynamic;
  private volatile ImporterOps importer;
  private volatile boolean peerToPeer;
  private volatile State state = State.ATTACHED;
  // Guarded by the reservation.
  private final List<Mapping> mappings = new ArrayList<>(1);
  private Mapping cached;
  private boolean pinned;

  private Attachment(Client client, BufferObject buffer, DmaDevice device, ImporterOps importer) {
    this.client = client;
    this.buffer = buffer;
    this.device = device;
    this.importer = importer;
    this.dynamic = importer != null;
    this.peerToPeer = dynamic && importer.allowPeerToPeer();
  }

  static Attachment attach(
      Client client, BufferObject buffer, DmaDevice device, ImporterOps importer) {
    if (buffer.resv().isHeld()) {
      throw new DmaBufException(
          Errno.EALREADY,
          device.name()
              + " was attached to "
              + buffer.describe()
              + " with its reservation held; unlock it first");
    }
    Attachment attachment = new Attachment(client, buffer, device, importer);
    try {
      buffer.callUnlocked(
          "Attach of " + device.name(),
          ops -> {
            ops.attach(attachment);
            return null;
          });
    } catch (DmaBufException refused) {
      attachment.end();
      throw refused;
    }
    try {
      attachment.link();
    } catch (DmaBufException failed) {
      attachment.end();
      attachment.tellDetached();
      throw failed;
    }
    return attachment;
  }

  /** Returns the device, never null. */
  public DmaDevice device() {
    return device;
  }

  /** Returns whether the importer copes with storage that moves. */
  public boolean isDynamic() {
    return dynamic;
  }

  /** Returns whether the device may be given another device's memory. */
  public boolean isPeerToPeer() {
    return peerToPeer;
  }

  /** Takes peer-to-peer away; called by the exporter in its attach. */
  public void clearPeerToPeer() {
    peerToPeer = false;
  }

  /** Returns the buffer's reservation, never null. */
  public DmaResv resv() {
    return buffer.resv();
  }

  /**
   * Maps the buffer for the device; the reservation must be held. May sleep.
   *
   * @param direction what the device will do
   * @return the table, to be given back by {@link #unmap}, never null
   * @throws DmaBufException EINVAL without the reservation or when detached; EBUSY when a mapping
   *     is cached in another direction; ENODEV when the exporter has gone; ENOMEM and others from
   *     the exporter
   */
  public SgTable map(DmaDirection direction) {
    checkHeld("Mapping");
    checkAttached("mapped");
    if (buffer.isRevoked()) {
      throw buffer.gone("Map for " + device.name());
    }
    if (cached != null) {
      if (cached.direction() != direction && cached.direction() != DmaDirection.BIDIRECTIONAL) {
        throw new DmaBufException(
            Errno.EBUSY,
            describe()
                + " has a cached mapping "
                + cached.direction()
                + ", "
                + direction
                + " was asked; detach, or map BIDIRECTIONAL first");
      }
      return cached.table();
    }
    Mapping mapping = mapFresh(direction);
    if (buffer.cacheMappings()) {
      cached = mapping;
    }
    return mapping.table();
  }

  /** As {@link #map}, taking and leaving the reservation; ERESTARTSYS when interrupted. */
  public SgTable mapUnlocked(DmaDirection direction) {
    resv().lockInterruptibly();
    try {
      return map(direction);
    } finally {
      resv().unlock();
    }
  }

  /**
   * Gives a mapping back; the reservation must be held. A cached one stays until detach.
   *
   * @param table what map returned
   * @throws DmaBufException EINVAL without the reservation, or for a table that is not mapped here
   */
  public void unmap(SgTable table) {
    checkHeld("Unmapping");
    if (cached != null && cached.table() == table) {
      return;
    }
    for (Mapping mapping : mappings) {
      if (mapping.table() == table) {
        unmapNow(mapping);
        return;
      }
    }
    throw new DmaBufException(
        Errno.EINVAL, "A table was unmapped that is not mapped through " + describe());
  }

  /** As {@link #unmap}, taking and leaving the reservation. */
  public void unmapUnlocked(SgTable table) {
    resv().lock();
    try {
      unmap(table);
    } finally {
      resv().unlock();
    }
  }

  /**
   * Keeps the storage where it is; only for dynamic importers, with the reservation held. Without
   * effect when the exporter does not move storage.
   *
   * @throws DmaBufException EINVAL for a static importer or without the reservation
   */
  public void pin() {
    checkDynamic("pinned");
    checkHeld("Pinning");
    pinNow();
  }

  /** Lets the storage move again; the counterpart of {@link #pin}, with the same rules. */
  public void unpin() {
    checkDynamic("unpinned");
    checkHeld("Unpinning");
    unpinNow();
  }

  /** Unmaps what is still mapped and detaches, without the reservation held. Idempotent. */
  public void detach() {
    resv().lock();
    try {
      if (!unlink()) {
        return;
      }
    } finally {
      resv().unlock();
    }
    tellDetached();
    client.forget(this);
    buffer.unref();
  }

  /** As {@link #detach}, also for a thread that stops the client in a call with the lock held. */
  void abandon() {
    if (!resv().isHeld()) {
      detach();
    } else if (unlink()) {
      tellDetached();
      client.forget(this);
      buffer.unref();
    }
  }

  /** The same as {@link #detach}. */
  @Override
  public void close() {
    detach();
  }

  String describe() {
    return "attachment of " + device.name() + " (" + client.name() + ") to " + buffer.describe();
  }

  Optional<String> listedFor(BufferObject which) {
    return which == buffer ? Optional.of(device.name() + " by " + client.name()) : Optional.empty();
  }

  void notifyMove() {
    ImporterOps now = importer;
    if (now == null || !client.gate().enter()) {
      return;
    }
    try {
      now.moveNotify(this);
    } catch (Throwable failed) {
      LOG.error("Move notify to {} failed: {}", describe(), failed, failed);
    } finally {
      client.gate().exit();
    }
  }

  /** From now on it maps nothing and is told nothing; nothing of the importer is held. */
  private void end() {
    state = State.DETACHED;
    importer = null;
  }

  /** Undoes {@link #link} with the reservation held; false when that was done before. */
  private boolean unlink() {
    if (state == State.DETACHED) {
      return false;
    }
    end();
    cached = null;
    for (Mapping mapping : List.copyOf(mappings)) {
      unmapNow(mapping);
    }
    if (pinned) {
      pinned = false;
      unpinNow();
    }
    buffer.attachments().remove(this);
    return true;
  }

  private void link() {
    resv().lock();
    try {
      if (dynamic != buffer.isDynamic()) {
        mapForStatic();
      }
      buffer.attachments().add(this);
    } finally {
      resv().unlock();
    }
  }

  private void mapForStatic() {
    if (buffer.isDynamic()) {
      pinNow();
      pinned = true;
    }
    try {
      cached = mapFresh(DmaDirection.BIDIRECTIONAL);
    } catch (DmaBufException failed) {
      if (pinned) {
        pinned = false;
        unpinNow();
      }
      throw failed;
    }
  }

  private Mapping mapFresh(DmaDirection direction) {
    SgTable table = buffer.callLocked("Map for " + device.name(), ops -> ops.map(this, direction));
    if (table == null) {
      throw new DmaBufException(
          Errno.ENOMEM, "The exporter of " + buffer.describe() + " gave no table");
    }
    Mapping mapping = new Mapping(table, direction);
    mappings.add(mapping);
    buffer.mappingMade();
    return mapping;
  }

  private void unmapNow(Mapping mapping) {
    mappings.remove(mapping);
    buffer.mappingGone();
    if (buffer.isRevoked()) {
      mapping.table().free();
      return;
    }
    try {
      buffer.callLocked(
          "Unmap for " + device.name(),
          ops -> {
            ops.unmap(this, mapping.table(), mapping.direction());
            return null;
          });
    } catch (DmaBufException failed) {
      LOG.warn("{}; its table is freed by the framework", failed.getMessage());
      mapping.table().free();
    }
  }

  private void pinNow() {
    buffer.callLocked(
        "Pin",
        ops -> {
          if (ops instanceof DmaBufOps.Pinnable pinnable) {
            pinnable.pin(this);
          }
          return null;
        });
  }

  /** Cannot fail, as in the kernel: an exporter that throws is logged. */
  private void unpinNow() {
    if (buffer.isRevoked()) {
      return;
    }
    try {
      buffer.callLocked(
          "Unpin",
          ops -> {
            if (ops instanceof DmaBufOps.Pinnable pinnable) {
              pinnable.unpin(this);
            }
            return null;
          });
    } catch (DmaBufException failed) {
      LOG.warn("{}", failed.getMessage());
    }
  }

  private void tellDetached() {
    if (buffer.isRevoked()) {
      return;
    }
    try {
      buffer.callUnlocked(
          "Detach of " + device.name(),
          ops -> {
            ops.detach(this);
            return null;
          });
    } catch (DmaBufException failed) {
      // An exporter that went meanwhile need not be told.
      if (!buffer.isRevoked()) {
        LOG.warn("{}", failed.getMessage());
      }
    }
  }

  private void checkHeld(String what) {
    if (!resv().isHeld()) {
      resv().assertHeld(what + " of " + describe());
    }
  }

  private void checkAttached(String what) {
    if (state == State.DETACHED) {
      throw new DmaBufException(
          Errno.EINVAL, describe() + " was to be " + what + " after detach; attach again");
    }
  }

  private void checkDynamic(String what) {
    checkAttached(what);
    if (!dynamic) {
      throw new DmaBufException(
          Errno.EINVAL, describe() + " was " + what + "; only a dynamic importer may");
    }
  }
}
