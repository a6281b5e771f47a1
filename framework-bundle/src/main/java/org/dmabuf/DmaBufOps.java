package org.dmabuf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.sg.SgTable;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What an exporter does for one buffer. The optional parts are interfaces of their own, so that a
 * driver that can pin can also unpin.
 *
 * <p>Locks: {@link #map}, {@link #unmap}, pin, unpin, vmap and vunmap run with the buffer's
 * reservation held; attach, detach, release, CPU access, kmap and mmap without. No other lock of
 * the framework is held. After the driver's bundle has stopped none of them is called.
 *
 * <p>Failures are {@link DmaBufException}s, which importers get as they are; any other exception is
 * logged and becomes EIO. Kernel counterpart: {@code struct dma_buf_ops}.
 */
@ConsumerType
public interface DmaBufOps {

  /**
   * A device attaches. May refuse, for example with EBUSY when the storage is where the device
   * cannot reach it and cannot be moved, and may take peer to peer away, insist on importers that
   * can be revoked, or agree on a type of mapping.
   *
   * @param attachment the new attachment, not listed yet
   */
  default void attach(Attachment attachment) {}

  /** A device detaches; called once for each attach that succeeded. */
  default void detach(Attachment attachment) {}

  /**
   * Describes the storage to a device. The framework makes the table suit the device: it cuts runs
   * that are too long, translates addresses by an IOMMU, and takes the access away that the
   * direction does not need. Storage may be chosen only now, by {@link Attachment#needsOfAll()}.
   *
   * @param attachment who maps
   * @param direction what the device will do
   * @return the table, never null (null is ENOMEM to the importer)
   */
  SgTable map(Attachment attachment, DmaDirection direction);

  /**
   * Takes a table back that {@link #map} gave: the same one, with that mapping's direction. Also
   * when the device turned out to be unable to use it.
   */
  void unmap(Attachment attachment, SgTable table, DmaDirection direction);

  /** The last reference is gone: frees the storage. Called once. */
  void release();

  /** The storage can be kept from moving. Counterpart: {@code pin} and {@code unpin}. */
  @ConsumerType
  interface Pinnable {
    /** Keeps the storage where it is until unpin; counted by the driver. */
    void pin(Attachment attachment);

    /** Lets the storage move again. */
    void unpin(Attachment attachment);
  }

  /** The CPU's view needs care. Counterpart: {@code begin_cpu_access}, {@code end_cpu_access}. */
  @ConsumerType
  interface CpuAccessible {
    /** Makes what devices wrote visible to the CPU. */
    void beginCpuAccess(DmaDirection direction);

    /** Makes what the CPU wrote visible to devices. */
    void endCpuAccess(DmaDirection direction);
  }

  /** Programs can map the buffer. Counterpart: {@code mmap}. */
  @ConsumerType
  interface Mmappable {
    /**
     * Maps a range that has been checked against the size.
     *
     * @param arena whose close unmaps
     * @param offset a multiple of the page size
     * @param length bytes
     * @param writable whether stores are allowed
     */
    MemorySegment mmap(Arena arena, long offset, long length, boolean writable);
  }

  /**
   * The whole buffer can be had at adjacent addresses. Counterpart: {@code vmap}, {@code vunmap}.
   */
  @ConsumerType
  interface Vmappable {
    /**
     * Maps the whole buffer; called for the first of several users.
     *
     * @param arena the framework's, whose close unmaps
     */
    MemorySegment vmap(Arena arena);

    /** The last user is gone; the arena is closed after this call. */
    default void vunmap(MemorySegment address) {}

    /** Returns whether what vmap gives lies in a device, asked before each vmap. */
    default boolean isIoMemory() {
      return false;
    }
  }

  /**
   * Single pages can be had by the CPU. Runs without the reservation, between begin and end of a
   * CPU access, for the time of which the driver keeps the storage where it is. Counterpart: {@code
   * map} and {@code unmap}, which Linux has dropped.
   */
  @ConsumerType
  interface PageMappable {
    /**
     * Maps a page.
     *
     * @param arena the framework's, whose close unmaps
     * @param page the page's number, from 0, within the buffer
     * @return its memory, a page or, for the last one, what is left; null is ENOMEM to the caller
     */
    MemorySegment kmap(Arena arena, long page);

    /** The page is given back; the arena is closed after this call. */
    default void kunmap(long page, MemorySegment address) {}
  }

  /**
   * Live buffers survive the driver: under {@link ExportPolicy#ADOPT} its storage is handed to the
   * framework when its bundle stops, and users notice nothing. No Linux counterpart.
   */
  @ConsumerType
  interface Adoptable {
    /** Gives the storage away; after it, the framework frees it, and release is not called. */
    BackingStore handOver();
  }
}
