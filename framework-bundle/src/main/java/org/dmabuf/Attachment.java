package org.dmabuf;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.dmabuf.debug.Acquisition;
import org.dmabuf.debug.LeakKind;
import org.dmabuf.debug.LeakTracker;
import org.dmabuf.debug.Snapshot;
import org.dmabuf.limit.Quota;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.sg.MappingOffer;
import org.dmabuf.sg.SgTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A device attached to a buffer, by the client that attached it.
 *
 * <pre>
 *   ATTACHING --exporter agrees--> ATTACHED --map, pin--> ... --unmap, unpin--> --detach()--> DETACHED
 *       +-----exporter refuses--------------------------------------------------------------> DETACHED
 *
 *                        static exporter                  dynamic exporter (can pin)
 *   static importer      map at each map                  pinned and mapped at attach, until detach
 *   dynamic importer     mapped at attach, until detach   map at each map, told of moves
 * </pre>
 *
 * <p>Map, unmap, pin and unpin need the buffer's reservation; attach and detach must be called
 * without it. What is mapped suits the device ({@link DmaDevice#constraints()}), whatever the
 * exporter. Thread-safe. Kernel counterpart: {@code struct dma_buf_attachment}.
 */
public final class Attachment implements AutoCloseable {
  private enum State {
    ATTACHING,
    ATTACHED,
    DETACHED
  }

  private static final Logger LOG = LoggerFactory.getLogger(Attachment.class);

  /** Of an attachment that was detached before. */
  private static final int OVER = -1;

  private final Client client;
  private final BufferObject buffer;
  private final DmaDevice device;
  private final ImporterSide importer;
  private final ExporterSide exporter;
  private final Mappings mappings;
  private final AttachmentList.Link neighbours = new AttachmentList.Link(); // guarded by resv
  private volatile State state = State.ATTACHING;
  private final long sinceNanos;
  private volatile Acquisition noted;

  private Attachment(Client client, BufferObject buffer, DmaDevice device, ImporterOps importer) {
    this.client = client;
    this.buffer = buffer;
    this.device = device;
    this.importer = new ImporterSide(this, client, importer);
    this.exporter = new ExporterSide(this, buffer);
    this.mappings = new Mappings(this, buffer);
    this.sinceNanos = buffer.clock().nanos();
  }

  static Attachment attach(
      Client client, BufferObject buffer, DmaDevice device, ImporterOps importer) {
    if (buffer.resv().isHeld()) {
      buffer.debug().checkNotHeld(buffer, "Attach of " + device.name());
      throw new DmaBufException(
          Errno.EALREADY,
          device.name()
              + " was attached to "
              + buffer.describe()
              + " with its reservation held; unlock it first");
    }
    Attachment attachment = new Attachment(client, buffer, device, importer);
    try {
      attachment.exporter.attach();
    } catch (DmaBufException refused) {
      attachment.end();
      throw refused;
    }
    try {
      attachment.link();
    } catch (DmaBufException failed) {
      attachment.end();
      attachment.exporter.detach();
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
    return importer.isDynamic();
  }

  /** Returns whether the device may be given another device's memory. */
  public boolean isPeerToPeer() {
    return importer.isPeerToPeer();
  }

  /** Takes peer-to-peer away; called by the exporter in its attach. */
  public void clearPeerToPeer() {
    importer.clearPeerToPeer();
  }

  /** Returns whether the importer stops using the storage when it is told to. */
  public boolean isRevocable() {
    return importer.isRevocable();
  }

  /**
   * Refuses importers that cannot be told to stop; called in its attach by an exporter that may
   * revoke. Kernel counterpart: {@code dma_buf_attach_revocable()}.
   *
   * @throws DmaBufException EOPNOTSUPP when the importer is one
   */
  public void requireRevocable() {
    if (!isRevocable()) {
      throw new DmaBufException(
          Errno.EOPNOTSUPP,
          describe()
              + " needs an importer that can be revoked; one with ImporterOps.isRevocable would"
              + " work");
    }
  }

  /**
   * Agrees with the importer on the type of mapping; called by the exporter in its attach. Without
   * it, it is a table of memory.
   *
   * @param offers what the exporter offers, best first, never null
   * @return the two offers, never null
   * @throws DmaBufException EINVAL when none agree or the attach is over; what a matcher threw
   */
  public MappingOffer.Agreement agree(List<MappingOffer> offers) {
    if (state != State.ATTACHING) {
      throw new DmaBufException(
          Errno.EINVAL, describe() + " was to agree on a mapping after its attach");
    }
    return importer.agree(offers);
  }

  /** Returns the name of the type of mapping that was agreed, never null. */
  public String mappingType() {
    return importer.mappingType();
  }

  /**
   * Returns what the memory must be like so that every device attached now can use it, this one
   * included: what an exporter needs to know that chooses its storage at the first map. The
   * reservation must be held; in its attach, which runs without, the exporter takes it.
   *
   * @throws DmaBufException EINVAL without the reservation
   */
  public DmaConstraints needsOfAll() {
    checkHeld("Asking for the needs of all");
    DmaConstraints all = device.needs();
    for (Attachment other : buffer.attachments()) {
      all = all.and(other.device.needs());
    }
    return all;
  }

  /** Returns the buffer's reservation, never null. */
  public DmaResv resv() {
    return buffer.resv();
  }

  /**
   * Maps the buffer for the device; the reservation must be held. May sleep: for a static importer
   * it waits, interruptibly, until the storage has arrived (KERNEL fences). A dynamic one must wait
   * for the fences itself before the device begins.
   *
   * @param direction what the device will do; memory that it only reads is read-only, and for NONE
   *     there are addresses only; never null
   * @return the table, to be given back by {@link #unmap}, never null
   * @throws DmaBufException EINVAL without the reservation, for null or when detached; EBUSY when a
   *     mapping is cached in another direction; ENODEV when the exporter has gone or took the
   *     buffer back; ENOMEM and others from the exporter; ERESTARTSYS when interrupted; and when
   *     the device cannot use the memory: EIO beyond its address mask, EFAULT when it is scattered
   *     or not aligned, ENOMEM when its IOMMU is full, EREMOTEIO for another device's memory
   *     without peer to peer
   */
  public SgTable map(DmaDirection direction) {
    checkHeld("Mapping");
    checkAttached("mapped");
    if (direction == null) {
      throw new DmaBufException(Errno.EINVAL, describe() + " was mapped without a direction");
    }
    if (!buffer.isUsable()) {
      throw buffer.driver().gone("Map for " + device.name());
    }
    return mappings.map(direction);
  }

  /**
   * Returns the memory that a software device reaches by the addresses of a table, as a bus does
   * for a real one. In debug mode, where the table itself has no memory, this is the only way to
   * it; it then ends with the unmap, and a use after that throws at its line. The reservation need
   * not be held. Thread-safe.
   *
   * @param table what map returned, never null
   * @return the memory in order, read-only for a device that only reads; empty for another device's
   *     addresses or direction NONE; never null
   * @throws DmaBufException EINVAL for a table that is not mapped here
   */
  public List<MemorySegment> access(SgTable table) {
    return mappings.access(table);
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
    mappings.unmap(table);
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
   * Keeps the storage where it is; only for dynamic importers, with the reservation held, and only
   * for limited uses such as scanout. Counted. Without effect when the exporter does not move
   * storage.
   *
   * @throws DmaBufException EINVAL for a static importer or without the reservation; ENODEV when
   *     the exporter has gone or took the buffer back; ENOMEM when the client may pin no more
   *     bytes; the exporter's own errors; then nothing is pinned
   */
  public void pin() {
    checkDynamic("pinned");
    exporter.pin();
  }

  /**
   * Lets the storage move again; the counterpart of {@link #pin}, with the same rules.
   *
   * @throws DmaBufException EINVAL for a static importer, without the reservation, or more often
   *     than it was pinned
   */
  public void unpin() {
    checkDynamic("unpinned");
    checkHeld("Unpinning");
    exporter.unpin();
  }

  /** Unmaps what is still mapped and detaches, without the reservation held. Idempotent. */
  public void detach() {
    buffer.debug().checkNotHeld(buffer, "Detach of " + device.name());
    int pins;
    resv().lock();
    try {
      pins = unlink();
    } finally {
      resv().unlock();
    }
    if (pins == OVER) {
      return;
    }
    if (isDynamic() && pins > 0) {
      LOG.warn("{} was detached with {} pins left; they are undone", describe(), pins);
    }
    forget();
  }

  /**
   * As {@link #detach}, for a teardown: also for a thread that stops the client in a call with the
   * lock held, and bounded. Pins that are left are not told of one by one, as there may be
   * thousands.
   *
   * @throws DmaBufException EBUSY when the reservation was not had; then the importer is told
   *     nothing any more
   */
  void abandon() {
    int[] pins = {OVER};
    if (!buffer.withReservationSoon(() -> pins[0] = unlink())) {
      importer.end();
      throw stays();
    }
    if (pins[0] != OVER) {
      forget();
    }
  }

  /**
   * As {@link #abandon}, however long that takes.
   *
   * @throws DmaBufException EBUSY when interrupted while the reservation is another's
   */
  void abandonOnceUnlocked() {
    DmaResv resv = resv();
    try {
      resv.lockInterruptibly();
    } catch (DmaBufException interrupted) {
      if (!resv.tryLock()) {
        throw stays();
      }
    }
    int pins;
    try {
      pins = unlink();
    } finally {
      resv.unlock();
    }
    if (pins != OVER) {
      forget();
    }
  }

  private DmaBufException stays() {
    return new DmaBufException(
        Errno.EBUSY,
        describe() + " stays, as " + resv().holder() + " does not unlock the reservation");
  }

  /** What is left to do after {@link #unlink}, by who did it. */
  private void forget() {
    exporter.detach();
    client.forget(this);
    buffer.unref();
  }

  /** The same as {@link #detach}. */
  @Override
  public void close() {
    detach();
  }

  @Override
  public String toString() {
    return describe();
  }

  String describe() {
    return "attachment of " + device.name() + " (" + client.name() + ") to " + buffer.describe();
  }

  /** Who it is, for the list of a buffer's users. */
  String user() {
    return device.name() + " by " + client.name();
  }

  BufferObject buffer() {
    return buffer;
  }

  /** What links it to the buffer's other ones. */
  AttachmentList.Link neighbours() {
    return neighbours;
  }

  /** What counts the bytes that its client keeps from moving. */
  Quota pinned() {
    return client.quotas().pinned();
  }

  LeakTracker leaks() {
    return client.tracker();
  }

  /** Its client has it from now on, and {@link #unnote} until then. */
  void note() {
    noted = leaks().keep(LeakKind.ATTACHMENT, this);
  }

  void unnote() {
    LeakTracker.release(noted);
  }

  Snapshot.Attached snapshot(long atNanos) {
    return new Snapshot.Attached(
        device.name(),
        client.name(),
        isDynamic(),
        isPeerToPeer(),
        exporter.pins(),
        mappings.snapshot(atNanos),
        Snapshot.Taken.of(atNanos - sinceNanos, noted));
  }

  /** Whether anything is mapped; with the reservation held. */
  boolean isMapped() {
    return !mappings.isEmpty();
  }

  /**
   * Tells the importer, when it is a dynamic one and attached, that the storage moves; for the
   * exporter, with the reservation held. What it has mapped stays valid until it is unmapped; what
   * it maps from now on, in this call already, is the new place. For exporters that have no handle
   * of the buffer at hand, as {@link DmaBuf#moveNotify()} for all attachments.
   *
   * @throws DmaBufException EINVAL without the reservation
   */
  public void notifyMove() {
    checkHeld("Move notify");
    if (state == State.ATTACHED) {
      importer.notifyMove();
    }
  }

  /** From now on it maps nothing and is told nothing; nothing of the importer is held. */
  private void end() {
    state = State.DETACHED;
    importer.end();
  }

  /**
   * Undoes {@link #link} with the reservation held; returns how many pins were left, {@link #OVER}
   * when that was done before.
   */
  private int unlink() {
    if (state == State.DETACHED) {
      return OVER;
    }
    end();
    mappings.unmapAll();
    int left = exporter.unpinAll();
    buffer.attachments().remove(this);
    return left;
  }

  private void link() {
    resv().lock();
    try {
      buffer.checkUsable("Attach of " + device.name());
      if (isDynamic() != buffer.isDynamic()) {
        mapAtAttach();
      }
      buffer.attachments().add(this);
      state = State.ATTACHED;
    } finally {
      resv().unlock();
    }
  }

  /**
   * One side moves or copes with it and the other not: mapped once, and pinned if it could move.
   */
  private void mapAtAttach() {
    if (!isDynamic()) {
      exporter.pin();
    }
    try {
      mappings.mapAndKeep();
    } catch (DmaBufException failed) {
      exporter.unpinAll();
      throw failed;
    }
  }

  private void checkHeld(String what) {
    if (!resv().isHeld()) {
      resv().assertHeld(what + " of " + describe());
    }
  }

  private void checkAttached(String what) {
    if (state != State.ATTACHED) {
      throw new DmaBufException(
          Errno.EINVAL, describe() + " is " + state + " and was to be " + what + "; attach first");
    }
  }

  private void checkDynamic(String what) {
    checkAttached(what);
    if (!isDynamic()) {
      throw new DmaBufException(
          Errno.EINVAL, describe() + " was " + what + "; only a dynamic importer may");
    }
  }
}
