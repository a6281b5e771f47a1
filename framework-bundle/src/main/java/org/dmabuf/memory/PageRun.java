package org.dmabuf.memory;

import java.lang.foreign.MemorySegment;

/**
 * Adjacent pages of one slab.
 *
 * @param slab where they lie
 * @param firstPage the number of the first one in its slab
 * @param pages how many, 1 or more
 */
record PageRun(Slab slab, int firstPage, int pages) implements StoreRun {

  @Override
  public int fd() {
    return slab.fd();
  }

  @Override
  public MemorySegment segment() {
    return slab.segment().asSlice((long) firstPage * slab.pageSize(), bytes());
  }

  @Override
  public long offset() {
    return (long) firstPage * slab.pageSize();
  }

  @Override
  public long bytes() {
    return (long) pages * slab.pageSize();
  }
}
