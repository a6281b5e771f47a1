package org.dmabuf.gem;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.dmabuf.DmaBufOps;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.sg.SgTable;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a driver does for one GEM object. The optional parts are interfaces of their own, so that
 * one that can pin can also unpin.
 *
 * <p>Locks: sgTable, pin, unpin, vmap and vunmap run with the object's reservation held, free and
 * mmap without. Kernel counterpart: {@code struct drm_gem_object_funcs}.
 */
@ConsumerType
public interface GemObjectOps {
  /** The last reference is gone: frees the storage. Called once, unless it was handed over. */
  void free();

  /** Devices can be told where the object lies. Without it an attach is ENOSYS. */
  @ConsumerType
  interface SgMappable {
    /**
     * Describes the storage, which stays until the table is freed.
     *
     * @param writable whether the device may write
     * @return a new table, never null
     */
    SgTable sgTable(boolean writable);
  }

  /** The storage moves unless it is pinned, which it is as long as a device is attached. */
  @ConsumerType
  interface Pinnable {
    /** Keeps the storage where it is until unpin; counted by the driver. */
    void pin();

    /** Lets the storage move again. */
    void unpin();
  }

  /** Programs can map the object. */
  @ConsumerType
  interface Mmappable {
    /**
     * Maps a range that has been checked against the size.
     *
     * @param arena whose close unmaps, never null
     * @param offset a multiple of the page size
     * @param length bytes
     * @param writable whether stores are allowed
     * @return the memory, of at least length bytes, never null
     */
    MemorySegment mmap(Arena arena, long offset, long length, boolean writable);
  }

  /** The whole object can be had at adjacent addresses. */
  @ConsumerType
  interface Vmappable {
    /**
     * Maps the whole object.
     *
     * @param arena whose close unmaps, never null
     * @return the memory, never null
     */
    MemorySegment vmap(Arena arena);

    /** The last user is gone; the arena is closed after this call. */
    default void vunmap(MemorySegment address) {}
  }

  /** A dma-buf of the object survives the driver, see {@link DmaBufOps.Adoptable}. */
  @ConsumerType
  interface Adoptable {
    /** Gives the storage away: free is not called afterwards; never null. */
    BackingStore handOver();
  }

  /**
   * The object is exported with ops of the driver's own, as one whose storage moves needs.
   * Counterpart: {@code drm_gem_object_funcs.export}.
   */
  @ConsumerType
  interface Exporting {
    /**
     * Returns the ops of the object's dma-buf; asked once, when the object is made.
     *
     * @param helper what the object would be exported with; the release of the driver's own ops has
     *     to call its release, by which the object is given back; never null
     * @param resv what users of the object wait for, whether it is exported or not; never null
     */
    DmaBufOps dmaBufOps(DmaBufOps helper, DmaResv resv);
  }
}
