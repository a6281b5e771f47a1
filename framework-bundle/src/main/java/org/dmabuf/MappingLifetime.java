package org.dmabuf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.dmabuf.sg.SgTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The memory of one device mapping in debug mode: the exporter's, in an arena that ends with the
 * unmap, so that a use after it throws at its line.
 *
 * <pre>
 *   BEGUN (memory can be used) --end()--> ENDED (any use throws IllegalStateException)
 * </pre>
 */
final class MappingLifetime {
  private static final Logger LOG = LoggerFactory.getLogger(MappingLifetime.class);

  private final Arena arena = Arena.ofShared();
  private final List<MemorySegment> segments;

  /** Begins; the segments keep the access that the table has. */
  MappingLifetime(SgTable table) {
    this.segments = table.segments().stream().map(this::within).toList();
  }

  List<MemorySegment> segments() {
    return segments;
  }

  /** Ends; a device that is in the midst of an access fails, or is told of. */
  void end(String what) {
    try {
      arena.close();
    } catch (IllegalStateException busy) {
      LOG.warn("The {} was unmapped while a call uses it: {}", what, busy.getMessage());
    }
  }

  @SuppressWarnings("restricted")
  private MemorySegment within(MemorySegment exporters) {
    if (!exporters.isNative()) {
      return exporters; // a test's array, which no arena can end
    }
    MemorySegment ours = exporters.reinterpret(arena, null);
    return exporters.isReadOnly() ? ours.asReadOnly() : ours;
  }
}
