package org.dmabuf;

import java.util.HashMap;
import java.util.Map;
import org.dmabuf.memory.PagePool;
import org.dmabuf.memory.ReservedRegion;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The regions of reserved memory of the product, by name. As a card's memory outlives its driver, a
 * region stays when its driver goes, for the successor and for the buffers that live.
 *
 * <p>Thread-safe.
 */
final class Regions {
  private static final Logger LOG = LoggerFactory.getLogger(Regions.class);

  private final PagePool pool;
  private final Map<String, ReservedRegion> regions = new HashMap<>(); // guarded by this

  Regions(PagePool pool) {
    this.pool = pool;
  }

  /** Registers a region; see {@link DmaBufRegistry#reserve}. */
  synchronized ReservedRegion register(String name, long bytes) {
    ReservedRegion there = regions.get(name);
    long size = bytes / pool.pageSize() * pool.pageSize();
    if (there != null && there.isRegistered()) {
      throw new DmaBufException(
          Errno.EINVAL, "Region " + name + " is registered already; another name would work");
    }
    if (there != null && there.size() == size && there.reopen()) {
      return there;
    }
    if (there != null && !there.destroy()) {
      throw new DmaBufException(
          Errno.EBUSY,
          "Region "
              + name
              + " of "
              + there.size()
              + " bytes has buffers still; the same size works, or "
              + size
              + " bytes when they are gone");
    }
    ReservedRegion region = new ReservedRegion(pool, name, bytes);
    regions.put(name, region);
    return region;
  }

  /** Returns the bytes that buffers have in all regions. */
  synchronized long used() {
    long used = 0;
    for (ReservedRegion region : regions.values()) {
      used += region.books().whole().used();
    }
    return used;
  }

  /** Unmaps all that no buffer needs. */
  synchronized void close() {
    for (ReservedRegion region : regions.values()) {
      if (!region.destroy()) {
        LOG.warn("The framework stops with buffers in region {} still mapped", region.name());
      }
    }
    regions.clear();
  }
}
