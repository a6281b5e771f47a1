package org.dmabuf.video.node;

import org.dmabuf.video.queue.QueueWork;

/**
 * What takes buffers of a context's queues to its driver and back.
 *
 * <pre>
 *   {@link DirectEngine}     on the thread that queues: a device without a rate and without fences
 *   {@link ThreadEngine}     on a thread of its own, by its rate
 *   {@link ConverterEngine}  on the device's two threads, when both queues have a buffer
 * </pre>
 */
interface FrameEngine extends QueueWork {
  /** The driver may have what it had not yet. */
  default void kick() {}
}
