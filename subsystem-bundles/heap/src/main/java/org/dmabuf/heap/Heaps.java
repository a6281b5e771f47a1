package org.dmabuf.heap;

import java.util.List;
import org.dmabuf.file.FileTable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * All heaps of the product by name: what a program finds below {@code /dev/dma_heap}.
 *
 * <p>Thread-safe.
 */
@ProviderType
public interface Heaps {
  /** Returns the names of the heaps, in order, never null. */
  List<String> names();

  /**
   * Allocates a zeroed buffer of the heap with a name.
   *
   * @param caller the table of the client that gets the descriptor, never null
   * @param heap the heap's name, never null
   * @param length bytes, unsigned, 1 or more; rounded up to pages
   * @param fdFlags access mode (0 to 3) and {@link HeapDevice#O_CLOEXEC}
   * @param heapFlags must be 0
   * @return the descriptor in the caller's table
   * @throws org.dmabuf.DmaBufException ENOENT, before anything else is looked at, when there is no
   *     such heap; else as {@link HeapDevice#allocate}
   */
  int allocate(FileTable caller, String heap, long length, int fdFlags, long heapFlags);

  /**
   * Opens a heap, for its ioctl {@link HeapIoctl#DMA_HEAP_IOCTL_ALLOC}.
   *
   * @param caller the table of the client that gets the descriptor, never null
   * @param heap the heap's name, never null
   * @param flags see {@link org.dmabuf.file.OpenFlags}; any access mode may allocate
   * @return the descriptor of the heap
   * @throws org.dmabuf.DmaBufException ENOENT when there is no such heap; EMFILE; EBADF when the
   *     table is closed
   */
  int open(FileTable caller, String heap, int flags);
}
