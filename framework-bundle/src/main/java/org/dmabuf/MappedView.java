package org.dmabuf;

import java.lang.foreign.MemorySegment;
import org.dmabuf.file.MmapFlags;

/**
 * What a CPU may do with a mapping at one moment. Immutable.
 *
 * <pre>
 *   granted     what the mapping was made with     R | W      never more than that again
 *   protection  what is allowed now                R
 * </pre>
 *
 * @param all the file's pages with the access of the mapping when it was made
 * @param length bytes of address space, 1 or more
 * @param granted the protection that it was made with
 * @param protection the protection now, see {@link MmapFlags}
 * @param pages what may be accessed of all
 */
record MappedView(
    MemorySegment all, long length, int granted, int protection, MemorySegment pages) {

  static MappedView of(MemorySegment all, long length, int granted, int protection) {
    MemorySegment there = all.asSlice(0, Math.min(all.byteSize(), length));
    MemorySegment pages =
        protection == MmapFlags.PROT_NONE
            ? there.asSlice(0, 0)
            : (protection & MmapFlags.PROT_WRITE) == 0 ? there.asReadOnly() : there;
    return new MappedView(all, length, granted, protection, pages);
  }

  MappedView withProtection(int wanted) {
    return of(all, length, granted, wanted);
  }

  MappedView withLength(long wanted) {
    return of(all, wanted, granted, protection);
  }

  boolean allowsLoads() {
    return protection != MmapFlags.PROT_NONE;
  }

  boolean allowsStores() {
    return (protection & MmapFlags.PROT_WRITE) != 0;
  }
}
