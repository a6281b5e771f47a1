package org.dmabuf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.fault.FaultPoint;

/**
 * The CPU accesses of one handle, and the pages that are mapped for their time.
 *
 * <pre>
 *   closed --begin--> open (1) --begin--> (2) --end--> (1) --end--> closed: pages mapped are unmapped
 * </pre>
 *
 * <p>Brackets need not balance, as in the kernel: an end too many does no harm. Thread-safe; the
 * monitor is never held across a call into the exporter.
 */
final class PageMaps {
  private final BufferObject buffer;
  // Made with the first page, as few handles ever have any.
  private List<PageMapping> pages = List.of();
  private long open;

  PageMaps(BufferObject buffer) {
    this.buffer = buffer;
  }

  void begin(DmaDirection direction) {
    CpuAccess.begin(buffer, direction);
    synchronized (this) {
      open++;
    }
  }

  /** Unmaps the pages when no other access is open, so that the exporter may move the storage. */
  void end(DmaDirection direction) {
    CpuAccess.checkGiven(buffer, direction);
    List<PageMapping> over = List.of();
    synchronized (this) {
      open = Math.max(0, open - 1);
      if (open == 0) {
        over = taken();
      }
    }
    over.forEach(PageMapping::close);
    CpuAccess.end(buffer, direction);
  }

  PageMapping kmap(long page, int pageSize) {
    checkPage(page, pageSize);
    checkOpen(page);
    buffer.checkUsable("kmap");
    Arena arena = Arena.ofShared();
    MemorySegment memory = null;
    try {
      memory =
          buffer.callUnlocked(FaultPoint.KMAP, "kmap", ops -> mapBy(ops, arena, page, pageSize));
    } finally {
      if (memory == null) {
        arena.close();
      }
    }
    PageMapping mapping = new PageMapping(this, arena, page, memory);
    buffer.mappingMade();
    synchronized (this) {
      if (open > 0) {
        if (pages.isEmpty()) {
          pages = new ArrayList<>();
        }
        pages.add(mapping);
        return mapping;
      }
    }
    mapping.close();
    throw noAccess(page);
  }

  /** The exporter's part of {@link PageMapping#close}; not for one that has gone. */
  void unmapped(PageMapping mapping) {
    synchronized (this) {
      if (!pages.isEmpty()) {
        pages.remove(mapping);
      }
    }
    buffer.mappingGone();
    if (!buffer.isOrphaned()) {
      buffer.callUnlocked(
          FaultPoint.KUNMAP,
          "kunmap",
          ops -> {
            if (ops instanceof DmaBufOps.PageMappable mappable) {
              mappable.kunmap(mapping.page(), mapping.segment());
            }
            return null;
          });
    }
  }

  /** The handle is closed: nothing is mapped any more, whatever is open. */
  void abandon() {
    List<PageMapping> over;
    synchronized (this) {
      open = 0;
      over = taken();
    }
    over.forEach(PageMapping::close);
  }

  String describe() {
    return buffer.describe();
  }

  private List<PageMapping> taken() {
    List<PageMapping> all = pages;
    pages = List.of();
    return all;
  }

  private void checkPage(long page, int pageSize) {
    long last = buffer.size() == 0 ? -1 : (buffer.size() - 1) / pageSize;
    if (page < 0 || page > last) {
      throw new DmaBufException(
          Errno.EINVAL,
          "kmap of page "
              + page
              + " of "
              + buffer.describe()
              + "; its pages are numbered from 0 to "
              + last);
    }
  }

  private synchronized void checkOpen(long page) {
    if (open == 0) {
      throw noAccess(page);
    }
  }

  private DmaBufException noAccess(long page) {
    return new DmaBufException(
        Errno.EINVAL,
        "kmap of page "
            + page
            + " of "
            + buffer.describe()
            + " outside a CPU access, when its storage may move; beginCpuAccess first");
  }

  private MemorySegment mapBy(DmaBufOps ops, Arena arena, long page, int pageSize) {
    if (!(ops instanceof DmaBufOps.PageMappable mappable)) {
      throw new DmaBufException(
          Errno.EINVAL, buffer.describe() + " has an exporter without kmap; mmap or vmap it");
    }
    MemorySegment memory = mappable.kmap(arena, page);
    long wanted = Math.min(pageSize, buffer.size() - page * pageSize);
    if (memory == null || memory.byteSize() < wanted) {
      throw new DmaBufException(
          Errno.ENOMEM,
          "The exporter of " + buffer.describe() + " gave no memory for page " + page);
    }
    return memory.asSlice(0, wanted);
  }
}
