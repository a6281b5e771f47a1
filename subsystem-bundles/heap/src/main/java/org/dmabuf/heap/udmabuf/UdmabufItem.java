package org.dmabuf.heap.udmabuf;

/**
 * Pages of one memory file. Kernel counterpart: {@code struct udmabuf_create_item}.
 *
 * @param memfd the descriptor of the memory file in the caller's table
 * @param offset the first byte, a multiple of the page size
 * @param size bytes, a multiple of the page size
 */
public record UdmabufItem(int memfd, long offset, long size) {}
