package org.dmabuf.gem.placement;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufOps;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.gem.GemObjectOps;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.memory.MemoryAccount;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.resv.Usage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An object whose storage moves.
 *
 * <pre>
 *   STAYS --somebody does not reach it, or it has to make room--> MOVING --all are told--> STAYS
 *      store, place                                                new store, new place, fence
 * </pre>
 *
 * <p>While dynamic importers are told, nothing moves it again: whoever maps it then gets the new
 * place, or EBUSY. Everything but the store is guarded by the reservation; the store is taken away
 * by who frees it, without. Kernel counterpart: {@code struct ttm_buffer_object}.
 */
final class PlacedObject
    implements GemObjectOps,
        GemObjectOps.Mmappable,
        GemObjectOps.Adoptable,
        GemObjectOps.Exporting {
  private enum State {
    STAYS,
    MOVING
  }

  private static final Logger LOG = LoggerFactory.getLogger(PlacedObject.class);
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  private final Placements placements;
  private final long size;
  private final MemoryAccount account;
  private final AtomicReference<BackingStore> store; // null when it is freed or handed over
  private final Set<Attachment> attachments = ConcurrentHashMap.newKeySet();
  private DmaResv resv; // set once, before the object is listed
  private Placement place;
  private State state = State.STAYS;
  private int pins;

  PlacedObject(Placements placements, Placement place, BackingStore store, MemoryAccount account) {
    this.placements = placements;
    this.place = place;
    this.size = store.size();
    this.account = account;
    this.store = new AtomicReference<>(store);
  }

  @Override
  public DmaBufOps dmaBufOps(DmaBufOps helper, DmaResv with) {
    resv = with;
    placements.lru().touch(this);
    return new PlacedDmaBufOps(this, helper);
  }

  @Override
  public void free() {
    placements.lru().remove(this);
    BackingStore last = store.getAndSet(null);
    if (last != null) {
      last.close();
    }
  }

  /** Nothing moves it any more; if it is on its way, it goes on to where it is to lie. */
  @Override
  public BackingStore handOver() {
    placements.lru().remove(this);
    return store.getAndSet(null);
  }

  /** A CPU's mapping keeps it where it is: in the system's memory, which all devices reach. */
  @Override
  public MemorySegment mmap(Arena arena, long offset, long length, boolean writable) {
    resv.lockInterruptibly();
    try {
      return map(arena, offset, length, writable);
    } finally {
      resv.unlock();
    }
  }

  /** Maps all of it as {@link #mmap} does, with the reservation held. */
  MemorySegment map(Arena arena) {
    return map(arena, 0, size, true);
  }

  private MemorySegment map(Arena arena, long offset, long length, boolean writable) {
    if (place == Placement.FAST && isMovable()) {
      tryMoveTo(Placement.SYSTEM);
    }
    resv.await(Usage.KERNEL, FOR_EVER);
    return storage().map(arena, offset, length, writable);
  }

  void attached(Attachment attachment) {
    attachments.add(attachment);
  }

  void detached(Attachment attachment) {
    attachments.remove(attachment);
  }

  /** Keeps it where a device reaches it. */
  void pin(Attachment attachment) {
    reach(attachment);
    pins++;
  }

  void unpin() {
    pins--;
  }

  /**
   * Makes it lie where a device reaches it, with the reservation held; in the region, when the
   * device reaches that and there is room.
   *
   * @return where it lies
   * @throws DmaBufException EBUSY when it cannot go there now; ENOSPC, ENOMEM
   */
  BackingStore reach(Attachment attachment) {
    placements.lru().touch(this);
    if (!attachment.isPeerToPeer()) {
      bring(attachment, Placement.SYSTEM);
    } else if (attachment.device().needs().contiguous()) {
      bring(attachment, Placement.FAST);
    } else if (place == Placement.SYSTEM && isMovable()) {
      tryMoveTo(Placement.FAST);
    }
    return storage();
  }

  /**
   * Makes it leave the region for others, if it may and nobody has its reservation.
   *
   * @return whether it did; the room is free when no device has it mapped any more
   */
  boolean evict() {
    if (resv.isHeld() || !resv.tryLock()) {
      return false;
    }
    try {
      if (place != Placement.FAST || !isMovable() || !resv.isSignaled(Usage.BOOKKEEP)) {
        return false;
      }
      tryMoveTo(Placement.SYSTEM);
      return place == Placement.SYSTEM;
    } finally {
      resv.unlock();
    }
  }

  private void bring(Attachment attachment, Placement wanted) {
    if (place == wanted || !placements.moves()) {
      return; // a driver that leaves: the framework takes the storage over as it lies
    }
    if (!isMovable()) {
      throw new DmaBufException(
          Errno.EBUSY,
          attachment
              + " does not reach "
              + place
              + " memory of "
              + placements
              + ", where the buffer is "
              + (pins > 0 ? "pinned" : "held by a mapping of a CPU")
              + "; it would work when it is not");
    }
    try {
      moveTo(wanted);
    } catch (DmaBufException refused) {
      if (refused.errno() != Errno.ENODEV) {
        throw refused;
      }
      LOG.debug("{} leaves, its buffers stay: {}", placements, refused.getMessage());
    }
  }

  /** For who reaches it where it is, too. */
  private void tryMoveTo(Placement wanted) {
    try {
      moveTo(wanted);
    } catch (DmaBufException full) {
      LOG.debug("A buffer of {} is not moved: {}", placements, full.getMessage());
    }
  }

  private boolean isMovable() {
    BackingStore now = store.get();
    return now != null
        && pins == 0
        && state == State.STAYS
        && placements.moves()
        && !now.isMapped();
  }

  private void moveTo(Placement wanted) {
    BackingStore old = storage();
    BackingStore next = placements.allocate(wanted, size, account);
    Move move;
    try {
      resv.reserveFences(1);
      move = placements.move(old, next);
    } catch (RuntimeException refused) {
      next.close();
      throw refused;
    }
    Optional<DmaFence> before = resv.getSingleton(Usage.BOOKKEEP);
    resv.addFence(move.fence(), Usage.KERNEL);
    if (before.isPresent()) {
      placements.engine().start(move, before);
    } else {
      placements.engine().runNow(move);
    }
    switchTo(wanted, old, next);
  }

  /** Both live until the move is done, and as long as they are mapped. */
  private void switchTo(Placement wanted, BackingStore old, BackingStore next) {
    place = wanted;
    if (!store.compareAndSet(old, next)) {
      next.close(); // freed meanwhile, and the old one with it
      return;
    }
    old.close();
    state = State.MOVING;
    try {
      attachments.forEach(Attachment::notifyMove);
    } finally {
      state = State.STAYS;
    }
  }

  private BackingStore storage() {
    BackingStore now = store.get();
    if (now == null) {
      throw new DmaBufException(
          Errno.ENODEV, "An object of " + placements + " is used that was freed; make another");
    }
    return now;
  }
}
