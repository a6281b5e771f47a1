package org.dmabuf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.dmabuf.fault.FaultPoint;
import org.dmabuf.file.MmapFlags;
import org.dmabuf.file.MmapRange;

/**
 * How a buffer is mapped for CPUs, for descriptors, handles and importers that pass an mmap on.
 *
 * <pre>
 *   range within the pages --> reference --> exporter's mmap --> {@link CpuMapping}
 *                                  ^------------ unmap ----------------+
 * </pre>
 *
 * <p>Kernel counterpart: {@code dma_buf_mmap()}.
 */
final class CpuMaps {
  private CpuMaps() {}

  /**
   * Checks what a client asks for: first of all whether it can be had.
   *
   * @param offset bytes, any number
   * @param length bytes, any number
   * @throws DmaBufException ENODEV when the exporter has gone; EINVAL when it has no mmap, for an
   *     offset within a page, or less than a byte; EOVERFLOW for a negative offset
   */
  static void check(BufferObject buffer, long offset, long length) {
    buffer.checkUsable("mmap");
    if (!buffer.driver().can(DmaBufOps.Mmappable.class)) {
      throw impossible(buffer);
    }
    String what = buffer.describe();
    MmapRange.checkAligned(what, offset, buffer.pageSize());
    if (length < 1) {
      throw new DmaBufException(
          Errno.EINVAL, length + " bytes of " + what + " were mapped; 1 or more would work");
    }
    MmapRange.checkOffset(what, offset);
  }

  /**
   * Maps a range; the mapping holds a reference.
   *
   * @param offset a multiple of the page size, 0 or more
   * @param length bytes, 1 or more
   * @param protection see {@link MmapFlags}
   * @throws DmaBufException EINVAL when it lies outside the buffer's whole pages or the exporter
   *     has no mmap; EBADF; ENODEV; ENOMEM and others from the exporter
   */
  static CpuMapping map(BufferObject buffer, long offset, long length, int protection) {
    MmapRange.checkWithin(buffer.describe(), buffer.size(), offset, length, buffer.pageSize());
    buffer.checkUsable("mmap");
    if (!buffer.tryRef()) {
      throw new DmaBufException(
          Errno.EBADF,
          buffer.describe() + " was mapped by a handle that another thread closed meanwhile");
    }
    Arena arena = Arena.ofShared();
    try {
      MemorySegment pages =
          buffer.callUnlocked(
              FaultPoint.MMAP,
              "mmap",
              ops -> mapBy(ops, buffer, arena, offset, length, protection));
      buffer.mappingMade();
      return CpuMapping.of(
          buffer.describe(),
          arena,
          pages.asSlice(0, length),
          length,
          protection,
          () -> unmapped(buffer));
    } catch (RuntimeException refused) {
      arena.close();
      buffer.unref();
      throw refused;
    }
  }

  private static void unmapped(BufferObject buffer) {
    buffer.mappingGone();
    buffer.unref();
  }

  private static MemorySegment mapBy(
      DmaBufOps ops, BufferObject buffer, Arena arena, long offset, long length, int protection) {
    if (!(ops instanceof DmaBufOps.Mmappable mmappable)) {
      throw impossible(buffer);
    }
    boolean writable = (protection & MmapFlags.PROT_WRITE) != 0;
    MemorySegment segment = mmappable.mmap(arena, offset, length, writable);
    if (segment == null || segment.byteSize() < length) {
      throw new DmaBufException(
          Errno.ENOMEM,
          "The exporter of "
              + buffer.describe()
              + " gave no memory for a map of "
              + length
              + " bytes at "
              + offset);
    }
    return segment;
  }

  private static DmaBufException impossible(BufferObject buffer) {
    return new DmaBufException(Errno.EINVAL, buffer.describe() + " has an exporter without mmap");
  }
}
