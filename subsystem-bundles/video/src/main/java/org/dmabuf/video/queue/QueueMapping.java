package org.dmabuf.video.queue;

import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.file.MmapFlags;
import org.dmabuf.file.OpenFlags;

/**
 * What programs do with the memory of a queue's MMAP buffers: they map it, and export it.
 *
 * <p>Thread-safe. Kernel counterpart: {@code vb2_core_expbuf()}, {@code vb2_mmap()}.
 */
public final class QueueMapping {
  private static final int EXPORT_FLAGS = OpenFlags.O_CLOEXEC | OpenFlags.O_ACCMODE;

  private final QueueState state;
  private final QueueMemory memory;
  private final MmapPlaces places;

  QueueMapping(QueueState state, QueueMemory memory, MmapPlaces places) {
    this.state = state;
    this.memory = memory;
    this.places = places;
  }

  /**
   * Makes a dma-buf of a buffer's plane, another one each time: EXPBUF.
   *
   * @param flags O_CLOEXEC, which is the descriptor's, and an access mode
   * @return the driver's handle with one count, the caller's; never null
   * @throws DmaBufException EINVAL for no such buffer or plane, other flags, or buffers that are
   *     not MMAP; EBUSY for another file
   */
  public DmaBuf export(Object by, int index, int plane, int flags) {
    state.check(by);
    if ((flags & ~EXPORT_FLAGS) != 0) {
      throw state.error(
          Errno.EINVAL, "was to export with flags 0x%x; an access mode and O_CLOEXEC", flags);
    }
    return state
        .mmapPlane(index, plane)
        .export(memory.registry(), memory.exporterName(), flags & OpenFlags.O_ACCMODE);
  }

  /** Returns where the queue's planes are mapped in the device's file, in bytes. */
  public long firstOffset() {
    return places.first();
  }

  /**
   * Maps a plane at its offset.
   *
   * @param protection see {@link MmapFlags}
   * @param flags see {@link MmapFlags}
   * @throws DmaBufException EINVAL for a private mapping, one that cannot be read where the device
   *     writes, or not be written where it reads, an offset that no plane has, more than the plane,
   *     or buffers that are not MMAP; EBUSY while a file reads or writes frames
   */
  public CpuMapping mmap(long offset, long length, int protection, int flags) {
    int needed = state.type.isOutput() ? MmapFlags.PROT_WRITE : MmapFlags.PROT_READ;
    if (MmapFlags.isPrivate(flags) || (protection & needed) == 0) {
      throw state.error(
          Errno.EINVAL,
          "was mapped with protection %d and flags %d; MAP_SHARED with %d works",
          protection,
          flags,
          needed);
    }
    state.checkNoFileIo();
    MmapPlaces.Place place = places.find(offset);
    MmapMemory plane = state.mmapPlane(place.index(), place.plane());
    if (length > plane.size()) {
      throw state.error(Errno.EINVAL, "was to map %d bytes of a plane of %d", length, plane.size());
    }
    return plane.mmap(
        "buffer " + place.index() + " of " + state.guard.device(), length, protection);
  }
}
