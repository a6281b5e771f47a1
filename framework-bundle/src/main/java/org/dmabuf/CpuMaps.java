package org.dmabuf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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

  /** EINVAL when the exporter has no mmap, ENODEV when it has gone. */
  static void checkPossible(BufferObject buffer) {
    buffer.checkUsable("mmap");
    if (!buffer.driver().can(DmaBufOps.Mmappable.class)) {
      throw impossible(buffer);
    }
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
          buffer.callUnlocked("mmap", ops -> mapBy(ops, buffer, arena, offset, length, protection));
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
