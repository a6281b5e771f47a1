package org.dmabuf.memory;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.DmaBufException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pages of several memory files that one buffer is made of, and the window through which
 * devices see them: all of them at adjacent addresses, mapped for the first device and unmapped
 * with the last user of the store.
 *
 * <pre>
 *   file A   [..][2][3][..]          window   [ A2 ][ A3 ][ B0 ][ A2 ]
 *   file B   [0][..]
 * </pre>
 *
 * <p>Thread-safe.
 */
final class PinnedPages {
  private static final Logger LOG = LoggerFactory.getLogger(PinnedPages.class);

  private record Pinned(MemoryFile file, FilePin pin) {}

  private final NativeMemory os;
  private final List<Pinned> pinned = new ArrayList<>();
  private final List<FileRun> runs = new ArrayList<>();
  private long size;
  private Arena arena; // with window: null until a device asks
  private MemorySegment window;

  PinnedPages(NativeMemory os) {
    this.os = os;
  }

  /** Adds the pages of a range; those that were added before are let go when it is refused. */
  void add(MemoryRange range) {
    FilePin pin;
    try {
      pin = range.file().pin(range.offset(), range.length());
    } catch (DmaBufException refused) {
      free();
      throw refused;
    }
    pinned.add(new Pinned(range.file(), pin));
    for (FilePin.Place place : pin.places()) {
      runs.add(new FileRun(place, this, size));
      size += place.bytes();
    }
  }

  long size() {
    return size;
  }

  List<FileRun> runs() {
    return runs;
  }

  synchronized MemorySegment segment(long at, long bytes) {
    if (window == null) {
      Arena shared = Arena.ofShared();
      try {
        AddressRange range = new AddressRange(os, size);
        int both = NativeMemory.PROT_READ | NativeMemory.PROT_WRITE;
        range.fill(base -> StoreRun.map(os, base, runs, 0, size, both));
        window = range.into(shared, size, () -> {});
        arena = shared;
      } catch (DmaBufException refused) {
        shared.close();
        throw refused;
      }
    }
    return window.asSlice(at, bytes);
  }

  /** Unmaps the window and lets the pages go. */
  synchronized void free() {
    if (arena != null) {
      try {
        arena.close();
      } catch (IllegalStateException busy) {
        LOG.warn("A buffer over memory files is freed while a call uses it: {}", busy.getMessage());
      }
    }
    pinned.forEach(one -> one.file().unpin(one.pin()));
    pinned.clear();
  }
}
