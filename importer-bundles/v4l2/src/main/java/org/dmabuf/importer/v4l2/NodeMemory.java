package org.dmabuf.importer.v4l2;

import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.video.queue.QueueMemory;

/** How a device reaches memory. */
enum NodeMemory {
  /** By adjacent addresses of the CPU, as a driver that is all software. */
  VMALLOC {
    @Override
    QueueMemory of(DmaBufRegistry registry, String exporterName, String device) {
      return QueueMemory.vmalloc(registry, exporterName);
    }
  },
  /** By itself, wherever it lies. */
  SCATTERED {
    @Override
    QueueMemory of(DmaBufRegistry registry, String exporterName, String device) {
      return QueueMemory.attached(registry, exporterName, DmaDevice.named(device));
    }
  },
  /** By itself, in one run. */
  CONTIGUOUS {
    @Override
    QueueMemory of(DmaBufRegistry registry, String exporterName, String device) {
      DmaDevice contiguous = DmaDevice.builder(device).contiguous().build();
      return QueueMemory.attached(registry, exporterName, contiguous);
    }
  };

  abstract QueueMemory of(DmaBufRegistry registry, String exporterName, String device);
}
