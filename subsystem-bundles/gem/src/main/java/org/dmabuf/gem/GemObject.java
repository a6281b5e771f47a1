package org.dmabuf.gem;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufOps;
import org.dmabuf.Errno;
import org.dmabuf.RefCount;
import org.dmabuf.file.MmapFlags;
import org.dmabuf.resv.DmaResv;

/**
 * A buffer of a GEM device, or one of another device that this one uses.
 *
 * <pre>
 *   references = 1 for each handle + 1 while it has a dma-buf + 1 for each mapping
 *
 *   object --as long as there are handles--> its dma-buf --until released--> object
 *          the one loop, which the last handle's end breaks; so it has one dma-buf at most, ever
 *
 *   imported object ----> dma-buf ----> exporting object        one way only
 *
 *   who frees the storage:
 *   OBJECT --last reference---------------------> NOBODY (freed)
 *          --driver leaves, it has a dma-buf----> DMA_BUF --released, handed over--> NOBODY
 *          --driver leaves, it has none---------> NOBODY (freed; what is mapped stays)
 * </pre>
 *
 * <p>Thread-safe; its monitor is held across no call of a driver. Kernel counterpart: {@code struct
 * drm_gem_object}.
 */
final class GemObject {
  private enum Owner {
    OBJECT,
    DMA_BUF,
    NOBODY
  }

  private final GemCore device;
  private final long size;
  private final DmaResv resv;
  private final Optional<PrimeImport> imported;
  private final RefCount references = new RefCount();
  private volatile GemObjectOps ops; // null unless OBJECT
  // What follows is guarded by this.
  private DmaBufOps dmaBufOps; // null unless OBJECT, and for an imported one
  private Owner owner = Owner.OBJECT;
  private int handles;
  private boolean exported;
  private long sharedAs; // the number of its dma-buf
  private DmaBuf dmaBuf; // with one count, while it has handles and has been exported

  /** Makes an object with one reference, the caller's. */
  private GemObject(
      GemCore device, long size, DmaResv resv, Optional<PrimeImport> imported, GemObjectOps ops) {
    this.device = device;
    this.size = size;
    this.resv = resv;
    this.imported = imported;
    this.ops = ops;
  }

  /** Makes an object of the driver's own with one reference, the caller's. */
  static GemObject own(GemCore device, long size, DmaResv resv, GemObjectOps ops) {
    GemObject object = new GemObject(device, size, resv, Optional.empty(), ops);
    // Asked now, as later a lock would be held.
    DmaBufOps helper = GemDmaBufOps.of(device, object, ops);
    object.exportWith(
        ops instanceof GemObjectOps.Exporting exporting
            ? exporting.dmaBufOps(helper, resv)
            : helper);
    return object;
  }

  /** Makes an object of another device's buffer with one reference, the caller's. */
  static GemObject imported(GemCore device, PrimeImport from, GemObjectOps ops) {
    DmaBuf buffer = from.buffer();
    return new GemObject(device, buffer.size(), buffer.resv(), Optional.of(from), ops);
  }

  /** Returns its bytes, which never change. */
  long size() {
    return size;
  }

  /** Returns what its users wait for: an imported object has its exporter's. */
  DmaResv resv() {
    return resv;
  }

  /** Whether its storage is another device's. */
  boolean isImported() {
    return imported.isPresent();
  }

  /** Takes a reference unless all are gone. */
  boolean tryGet() {
    return references.tryGet(this);
  }

  /** Drops a reference; with the last one the storage goes. */
  void put() {
    if (references.put() == RefCount.Put.LAST) {
      device.unreferenced(this);
    }
  }

  /**
   * A handle names it from now on.
   *
   * @param by the dma-buf that the handle was made of, null for none; the caller keeps its count
   */
  synchronized void handleMade(DmaBuf by) {
    handles++;
    if (by != null && dmaBuf == null && !isImported()) {
      dmaBuf = by.get();
    }
  }

  /** A handle is gone, but not yet its reference. */
  void handleGone() {
    DmaBuf last = null;
    synchronized (this) {
      if (--handles == 0) {
        last = dmaBuf;
        dmaBuf = null;
      }
    }
    if (last != null) {
      PrimeCache.drop(last);
    }
  }

  /**
   * Returns its dma-buf, made now if there is none; of an imported object the original one.
   *
   * @param fileFlags access mode of its file when it is made now
   * @return with a count that the caller closes, never null
   * @throws DmaBufException ENOENT when it has no handle, as another thread closed the last one
   */
  synchronized DmaBuf export(int fileFlags) {
    if (imported.isPresent()) {
      return imported.get().buffer().get();
    }
    if (handles == 0) {
      throw new DmaBufException(
          Errno.ENOENT, this + " was exported when its last handle had gone; keep one until then");
    }
    if (dmaBuf == null) {
      dmaBuf = exportNow(fileFlags);
    }
    return dmaBuf.get();
  }

  /**
   * Maps it for a program; the mapping holds a reference.
   *
   * @param length bytes, within the size
   * @throws DmaBufException EINVAL when the driver cannot; the driver's own errors
   */
  CpuMapping mmap(long length, int protection) {
    if (!(ops() instanceof GemObjectOps.Mmappable mmappable)) {
      throw new DmaBufException(Errno.EINVAL, this + " has a driver without mmap");
    }
    if (!tryGet()) {
      throw gone();
    }
    Arena arena = Arena.ofShared();
    try {
      boolean writable = (protection & MmapFlags.PROT_WRITE) != 0;
      MemorySegment pages = mmappable.mmap(arena, 0, length, writable).asSlice(0, length);
      return CpuMapping.of(toString(), arena, pages, length, protection, this::put);
    } catch (RuntimeException refused) {
      arena.close();
      put();
      throw refused;
    }
  }

  /** The last reference is gone; returns what the caller has to free. */
  Optional<GemObjectOps> unreferenced() {
    return leave(Owner.NOBODY);
  }

  /** The driver goes; returns what the caller has to free. What has a dma-buf stays with that. */
  synchronized Optional<GemObjectOps> driverLeaves() {
    return leave(exported ? Owner.DMA_BUF : Owner.NOBODY);
  }

  /** The framework takes the storage over. */
  void handedOver() {
    leave(Owner.NOBODY);
  }

  /** Returns the number of its dma-buf; 0 when it never had one. */
  synchronized long sharedAs() {
    return sharedAs;
  }

  /** The dma-buf is released; whether its ops have to free the storage. */
  synchronized boolean dmaBufReleased() {
    exported = false;
    boolean frees = owner == Owner.DMA_BUF;
    if (frees) {
      owner = Owner.NOBODY;
    }
    return frees;
  }

  private synchronized Optional<GemObjectOps> leave(Owner next) {
    GemObjectOps had = ops;
    boolean frees = owner == Owner.OBJECT && next == Owner.NOBODY;
    if (owner != Owner.NOBODY) {
      owner = next;
    }
    ops = null;
    dmaBufOps = null;
    return frees ? Optional.ofNullable(had) : Optional.empty();
  }

  /** Gives an import back, once. */
  void endImport() {
    imported.ifPresent(PrimeImport::end);
  }

  /** Returns where an imported object lies; empty for one of the driver's own. */
  Optional<List<MemorySegment>> importedSegments() {
    return imported.map(from -> from.attachment().access(from.table()));
  }

  /** Returns what the driver does for it; ENODEV when that has gone. */
  GemObjectOps driverOps() {
    return ops();
  }

  @Override
  public String toString() {
    return "object of " + size + " bytes of " + device.info().name();
  }

  private synchronized void exportWith(DmaBufOps with) {
    dmaBufOps = with;
  }

  private DmaBuf exportNow(int fileFlags) {
    if (dmaBufOps == null || !tryGet()) {
      throw gone();
    }
    try {
      DmaBuf made = device.export(this, dmaBufOps, fileFlags);
      sharedAs = made.inode();
      exported = true;
      return made;
    } catch (RuntimeException refused) {
      references.put(); // not the last one: a handle has another
      throw refused;
    }
  }

  private GemObjectOps ops() {
    GemObjectOps now = ops;
    if (now == null) {
      throw gone();
    }
    return now;
  }

  private DmaBufException gone() {
    return new DmaBufException(Errno.ENODEV, this + " has lost its driver; open its successor");
  }
}
