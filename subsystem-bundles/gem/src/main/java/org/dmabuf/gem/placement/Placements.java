package org.dmabuf.gem.placement;

import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.debug.LockRank;
import org.dmabuf.gem.GemObjectOps;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.memory.MemoryAccount;
import org.dmabuf.memory.ReservedRegion;

/**
 * The memory of a device with a small fast region of its own and the system's behind it. A driver
 * starts it, makes its objects by it, and closes it after its {@code GemCore}.
 *
 * <pre>
 *   FAST    [ object ][ object ][ object ]    who maps it peer to peer brings a buffer here
 *               |   ^      when it is full, the idle one goes that was not used for longest
 *               v   |
 *   SYSTEM  [ object ] [ object ] ...         who maps it otherwise brings a buffer here
 * </pre>
 *
 * <p>What is in a buffer survives every move. A buffer moves when a device maps it that does not
 * reach it or would reach it faster elsewhere; never while it is pinned, or a CPU has it mapped.
 * Each move is work with a KERNEL fence in the buffer's reservation, begun when all fences that are
 * in it have completed; dynamic importers are told. To make room only buffers are moved whose
 * reservations are free and without pending fences, so nobody waits with two reservations for
 * anything: who cannot be given room in the region works in the system's memory, or gets ENOSPC if
 * that does not suit.
 *
 * <p>Thread-safe. Kernel counterpart: {@code struct ttm_device}.
 */
public final class Placements implements AutoCloseable {
  private final DmaBufRegistry registry;
  private final ReservedRegion region;
  private final Lru lru;
  private final MoveEngine engine;
  private volatile boolean closed;

  private Placements(DmaBufRegistry registry, MoveEngine engine, ReservedRegion region) {
    this.registry = registry;
    this.region = region;
    this.lru = new Lru(registry.lock("the LRU of " + region.name(), LockRank.DRIVER));
    this.engine = engine;
  }

  /**
   * Sets the region aside.
   *
   * @param registry the registry of the driver's bundle, never null
   * @param engine what does the moves, the subsystem's service; never null
   * @param region its name, which no other region has; never null or empty
   * @param bytes its size, 1 page or more, rounded down to pages
   * @return what makes objects, never null
   * @throws DmaBufException as {@link DmaBufRegistry#reserve}
   */
  public static Placements start(
      DmaBufRegistry registry, MoveEngine engine, String region, long bytes) {
    return new Placements(registry, engine, registry.reserve(region, bytes));
  }

  /**
   * Makes the storage of an object, zeroed: in the region when there is room or can be made, else
   * in the system's memory.
   *
   * @param size bytes, a multiple of the page size, 1 page or more
   * @param account whom to charge wherever it lies; a move charges it twice for a moment; never
   *     null
   * @return for {@code GemDriver.create}, never null
   * @throws DmaBufException ENOMEM; ENODEV when the driver's bundle leaves
   */
  public GemObjectOps create(long size, MemoryAccount account) {
    try {
      return new PlacedObject(this, Placement.FAST, fast(size, account), account);
    } catch (DmaBufException full) {
      if (full.errno() != Errno.ENOSPC && full.errno() != Errno.ENOMEM) {
        throw full;
      }
      return new PlacedObject(this, Placement.SYSTEM, registry.allocate(size, account), account);
    }
  }

  /**
   * Nothing moves any more but what was begun, which the engine goes on with. The region goes when
   * its last buffer has gone. Idempotent.
   */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      region.close();
    }
  }

  /** Returns the bytes of the region that buffers have, or had and that are still mapped. */
  public long taken() {
    return region.books().whole().used();
  }

  @Override
  public String toString() {
    return "region " + region.name() + " of " + region.size() + " bytes";
  }

  /** Whether buffers may still be moved. */
  boolean moves() {
    return !closed;
  }

  Lru lru() {
    return lru;
  }

  MoveEngine engine() {
    return engine;
  }

  /** Makes a move of one of its buffers. ENODEV when the subsystem leaves. */
  Move move(BackingStore from, BackingStore to) {
    return engine.move(region.name(), from, to);
  }

  /**
   * Takes memory for a buffer that is to lie somewhere.
   *
   * @throws DmaBufException ENOSPC when the region is full of what cannot go; ENOMEM; ENODEV
   */
  BackingStore allocate(Placement where, long size, MemoryAccount account) {
    return where == Placement.FAST ? fast(size, account) : registry.allocate(size, account);
  }

  /** Takes memory of the region, for which others may have to go. */
  private BackingStore fast(long size, MemoryAccount account) {
    if (size <= region.size()) {
      BackingStore taken = ifFree(size, account);
      for (PlacedObject victim : lru.oldestFirst()) {
        if (taken != null) {
          return taken;
        }
        if (victim.evict()) {
          taken = ifFree(size, account);
        }
      }
      if (taken != null) {
        return taken;
      }
    }
    throw new DmaBufException(
        Errno.ENOSPC,
        size
            + " bytes were asked of "
            + this
            + ", in which "
            + region.longest()
            + " are free in one run and nothing else can go: it is pinned, in use or mapped;"
            + " a buffer in system memory would work");
  }

  /** Takes memory of the region; null when there is no room. ENOMEM for who may have no more. */
  private BackingStore ifFree(long size, MemoryAccount account) {
    try {
      return registry.allocate(region, size, account);
    } catch (DmaBufException refused) {
      if (refused.errno() == Errno.ENOMEM && region.longest() < size) {
        return null;
      }
      throw refused;
    }
  }
}
