package org.dmabuf.video.node;

/**
 * How many frames a device has done, its predecessors of the same name included.
 *
 * @param frames that became something, 0 or more
 * @param errors frames that failed, 0 or more
 */
public record FrameCounters(long frames, long errors) {}
