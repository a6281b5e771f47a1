package org.dmabuf.gem;

/**
 * How many objects a GEM device has had, its predecessors of the same name included.
 *
 * @param created of its own, 0 or more
 * @param imported from other devices' buffers, 0 or more
 * @param exported dma-bufs that were made of its own ones, 0 or more
 */
public record GemCounters(long created, long imported, long exported) {}
