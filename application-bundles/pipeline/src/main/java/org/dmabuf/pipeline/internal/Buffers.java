package org.dmabuf.pipeline.internal;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.file.FileTable;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.heap.HeapDevice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pipeline's buffers of one exporter: a descriptor for each in the pipeline's table.
 *
 * <p>Used by the pipeline's thread only.
 */
final class Buffers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Buffers.class);
  private static final int O_RDWR = 2;

  private final HeapDevice exporter;
  private final FileTable files;
  private final FrameLayout layout;
  private final List<Slot> slots = new ArrayList<>();

  /** Allocates all, or none and throws what the exporter said. */
  Buffers(HeapDevice exporter, FileTable files, FrameLayout layout, int count) {
    this.exporter = exporter;
    this.files = files;
    this.layout = layout;
    try {
      for (int i = 0; i < count; i++) {
        int fd = exporter.allocate(files, layout.size(), O_RDWR | HeapDevice.O_CLOEXEC, 0);
        slots.add(new Slot(i, fd));
      }
    } catch (DmaBufException refused) {
      close();
      throw refused;
    }
  }

  boolean isOf(HeapDevice other) {
    return exporter == other;
  }

  FrameLayout layout() {
    return layout;
  }

  int count() {
    return slots.size();
  }

  List<Slot> slots() {
    return slots;
  }

  Optional<Slot> free() {
    return slots.stream().filter(slot -> slot.state() == Slot.State.FREE).findFirst();
  }

  /** Closes the descriptors; a device that still uses a buffer keeps it until it lets go. */
  @Override
  public void close() {
    for (Slot slot : slots) {
      try {
        files.close(slot.fd());
      } catch (DmaBufException closed) {
        // This bundle has stopped meanwhile, and the framework has closed its table.
        LOG.debug("Buffer {}: {}", slot.index(), closed.getMessage());
      }
    }
    slots.clear();
  }
}
