package org.dmabuf.gem;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufOps;
import org.dmabuf.DmaDirection;
import org.dmabuf.Errno;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.sg.SgTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a GEM object does as a dma-buf, by what its driver does for the object.
 *
 * <pre>
 *   attach   pin (ENOSYS without a table)      detach   unpin
 *   map      sgTable                           unmap    table freed
 *   vmap, vunmap, mmap                         the same of the object
 *   release                                    the object's reference
 * </pre>
 *
 * <p>It has the driver's ops itself: so the framework, which drops it when the driver goes, drops
 * them with it. Kernel counterpart: {@code drm_gem_prime_dmabuf_ops}.
 */
class GemDmaBufOps implements DmaBufOps, DmaBufOps.Mmappable, DmaBufOps.Vmappable {
  private static final Logger LOG = LoggerFactory.getLogger(GemDmaBufOps.class);

  private final GemCore device;
  private final GemObject object;
  private final GemObjectOps ops;

  private GemDmaBufOps(GemCore device, GemObject object, GemObjectOps ops) {
    this.device = device;
    this.object = object;
    this.ops = ops;
  }

  /** Makes the ops, with what the driver can of them; a reference to the object passes to them. */
  static GemDmaBufOps of(GemCore device, GemObject object, GemObjectOps ops) {
    return ops instanceof GemObjectOps.Adoptable
        ? new Adopting(device, object, ops)
        : new GemDmaBufOps(device, object, ops);
  }

  @Override
  public final void attach(Attachment attachment) {
    describer();
    if (ops instanceof GemObjectOps.Pinnable pinnable) {
      object.resv().lock();
      try {
        pinnable.pin();
      } finally {
        object.resv().unlock();
      }
    }
  }

  @Override
  public final void detach(Attachment attachment) {
    if (ops instanceof GemObjectOps.Pinnable pinnable) {
      object.resv().lock();
      try {
        pinnable.unpin();
      } finally {
        object.resv().unlock();
      }
    }
  }

  @Override
  public final SgTable map(Attachment attachment, DmaDirection direction) {
    if (direction == DmaDirection.NONE) {
      LOG.warn("{} was mapped for no transfer", attachment);
      throw new DmaBufException(
          Errno.EINVAL,
          attachment + " was mapped for no transfer; a direction in which data go would work");
    }
    return describer().sgTable(direction.writes());
  }

  @Override
  public final void unmap(Attachment attachment, SgTable table, DmaDirection direction) {
    table.free();
  }

  @Override
  public final MemorySegment mmap(Arena arena, long offset, long length, boolean writable) {
    if (ops instanceof GemObjectOps.Mmappable mmappable) {
      return mmappable.mmap(arena, offset, length, writable);
    }
    throw new DmaBufException(Errno.ENOSYS, object + " has a driver without mmap");
  }

  @Override
  public final MemorySegment vmap(Arena arena) {
    if (ops instanceof GemObjectOps.Vmappable vmappable) {
      return vmappable.vmap(arena);
    }
    throw new DmaBufException(Errno.EOPNOTSUPP, object + " has a driver without vmap");
  }

  @Override
  public final void vunmap(MemorySegment address) {
    if (ops instanceof GemObjectOps.Vmappable vmappable) {
      vmappable.vunmap(address);
    }
  }

  @Override
  public final void release() {
    device.released(object, ops);
  }

  private GemObjectOps.SgMappable describer() {
    if (ops instanceof GemObjectOps.SgMappable mappable) {
      return mappable;
    }
    throw new DmaBufException(
        Errno.ENOSYS,
        object + " has a driver that cannot tell devices where it lies; map it for the CPU");
  }

  /** For storage that the framework may take over. */
  private static final class Adopting extends GemDmaBufOps implements DmaBufOps.Adoptable {
    Adopting(GemCore device, GemObject object, GemObjectOps ops) {
      super(device, object, ops);
    }

    @Override
    public BackingStore handOver() {
      super.object.handedOver();
      return ((GemObjectOps.Adoptable) super.ops).handOver();
    }
  }
}
