package org.dmabuf.video.queue;

/**
 * A buffer that was dequeued, and what the device knows of its frame. Plain data.
 *
 * @param status as V4L2 tells it, never null
 * @param note what it does not tell, never null
 */
public record TakenFrame(BufferStatus status, FrameNote note) {}
