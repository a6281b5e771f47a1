package org.dmabuf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicReference;
import org.dmabuf.seam.Seam;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One page of a buffer, mapped within a CPU access of a handle.
 *
 * <pre>
 *   MAPPED --close(), end of the CPU access, close of the handle--> UNMAPPED
 * </pre>
 *
 * <p>After that an access throws at its line, where the kernel's result would be undefined.
 * Thread-safe. Kernel counterpart: what {@code dma_buf_kmap()} returned.
 */
public final class PageMapping implements AutoCloseable {
  private enum State {
    MAPPED,
    UNMAPPED
  }

  private static final Logger LOG = LoggerFactory.getLogger(PageMapping.class);

  private final PageMaps maps;
  private final Arena arena;
  private final long page;
  private final MemorySegment segment;
  private final AtomicReference<State> state = new AtomicReference<>(State.MAPPED);

  PageMapping(PageMaps maps, Arena arena, long page, MemorySegment segment) {
    this.maps = maps;
    this.arena = arena;
    this.page = page;
    this.segment = segment;
  }

  /** Returns the page's number within the buffer, from 0. */
  public long page() {
    return page;
  }

  /** Returns its memory: a page, or what is left for the last one; never null. */
  public MemorySegment segment() {
    return segment;
  }

  /** Gives the page back. Idempotent; cannot fail, an exporter that throws is logged. */
  @Override
  public void close() {
    Seam.step();
    if (!state.compareAndSet(State.MAPPED, State.UNMAPPED)) {
      return;
    }
    try {
      maps.unmapped(this);
    } catch (DmaBufException failed) {
      LOG.warn("{}", failed.getMessage());
    }
    try {
      arena.close();
    } catch (IllegalStateException busy) {
      LOG.warn(
          "Page {} of {} was given back while a call uses it: {}",
          page,
          maps.describe(),
          busy.getMessage());
    }
  }
}
