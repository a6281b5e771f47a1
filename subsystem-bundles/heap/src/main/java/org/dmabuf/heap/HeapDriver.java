package org.dmabuf.heap;

import org.dmabuf.DmaBuf;
import org.dmabuf.memory.MemoryAccount;
import org.osgi.annotation.versioning.ConsumerType;

/** What a heap's driver does; arguments have been checked. Counterpart: {@code dma_heap_ops}. */
@ConsumerType
public interface HeapDriver {
  /**
   * Allocates and exports a buffer.
   *
   * @param length bytes, a multiple of the page size, 1 page or more
   * @param fileFlags access mode of the buffer's file, for {@code ExportInfo.withFileFlags}
   * @param account whom to charge, never null
   * @return the driver's handle with one count, which passes to the caller's descriptor
   */
  DmaBuf allocate(long length, int fileFlags, MemoryAccount account);
}
