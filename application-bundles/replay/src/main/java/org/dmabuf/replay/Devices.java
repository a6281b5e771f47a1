package org.dmabuf.replay;

import org.dmabuf.DmaBufRegistry;
import org.dmabuf.heap.Heaps;
import org.dmabuf.heap.udmabuf.UdmabufDevice;

/**
 * The product's devices that scenarios open.
 *
 * @param registry the framework's side of this bundle, which opens timelines and memory files
 * @param heaps the heaps by name
 * @param udmabuf what makes buffers of memory files
 * @param nodes the devices that are opened by name
 */
record Devices(DmaBufRegistry registry, Heaps heaps, UdmabufDevice udmabuf, Nodes nodes) {}
