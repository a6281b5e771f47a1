package org.dmabuf.memory;

import java.lang.foreign.MemorySegment;

/**
 * Adjacent pages of one slab.
 *
 * @param slab where they lie
 * @param firstPage the number of the first one in its slab
 * @param pages how many, 1 or more
 */
record PageRun(Slab slab, int firstPage, int pages) {

  MemorySegment segment() {
    return slab.segment().asSlice((long) firstPage * slab.pageSize(), bytes());
  }

  long offset() {
    return (long) firstPage * slab.pageSize();
  }

  long bytes() {
    return (long) pages * slab.pageSize();
  }
}
