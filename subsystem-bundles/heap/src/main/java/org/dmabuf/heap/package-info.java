/**
 * DMA heaps: allocators of buffers that belong to no device. Kernel counterpart: {@code
 * linux/dma-heap.h}.
 */
@org.osgi.annotation.bundle.Export
@org.osgi.annotation.versioning.Version("1.0.0")
package org.dmabuf.heap;
