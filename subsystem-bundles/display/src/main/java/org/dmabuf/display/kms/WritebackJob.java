package org.dmabuf.display.kms;

import org.dmabuf.fence.DmaFence;

/**
 * A frame that is to be written into a buffer.
 *
 * @param into with one use, never null
 * @param done what completes when it is written, never null
 */
record WritebackJob(Framebuffer into, DmaFence done) {}
