package org.dmabuf.heap;

import org.dmabuf.file.Ioctl;

/**
 * The one request of an open heap, and its structure.
 *
 * <pre>
 *   dma_heap_allocation_data    0 len (64)    8 fd (32)    12 fd_flags (32)    16 heap_flags (64)
 * </pre>
 *
 * <p>Kernel counterpart: {@code uapi/linux/dma-heap.h}.
 */
public final class HeapIoctl {
  /** The length of the structure, in bytes; a caller's may be shorter or longer. */
  public static final int BYTES = 24;

  /** Allocates: fd is 0 on the way in and the descriptor on the way out. */
  public static final int DMA_HEAP_IOCTL_ALLOC = Ioctl.readWrite('H', 0, BYTES);

  /** Where the length lies. */
  public static final int LEN = 0;

  /** Where the descriptor lies. */
  public static final int FD = 8;

  /** Where the flags of the descriptor lie. */
  public static final int FD_FLAGS = 12;

  /** Where the flags of the heap lie. */
  public static final int HEAP_FLAGS = 16;

  private HeapIoctl() {}
}
