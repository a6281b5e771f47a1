package org.dmabuf.memory;

import java.lang.foreign.MemorySegment;
import org.dmabuf.memory.FilePin.Place;

/**
 * Pages of a memory file in a backing store.
 *
 * @param place where they are
 * @param window what maps all of the store's pages for devices; null when they are only mapped
 * @param at where they begin in the window, in bytes
 */
record FileRun(Place place, PinnedPages window, long at) implements StoreRun {

  /** Returns a run that no device will ask for. */
  static FileRun unseen(Place place) {
    return new FileRun(place, null, 0);
  }

  @Override
  public int fd() {
    return place.fd();
  }

  @Override
  public long offset() {
    return place.offset();
  }

  @Override
  public long bytes() {
    return place.bytes();
  }

  @Override
  public MemorySegment segment() {
    return window.segment(at, bytes());
  }
}
