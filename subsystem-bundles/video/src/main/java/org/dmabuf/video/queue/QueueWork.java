package org.dmabuf.video.queue;

/**
 * What is done with a queue's buffers: the device's side of it. Called with no lock held, on the
 * thread of who queues, streams or closes. Kernel counterpart: {@code start_streaming}, {@code
 * buf_queue} and {@code stop_streaming} of {@code struct vb2_ops}.
 */
public interface QueueWork {
  /** The stream has begun and has the buffers that it needs to start. */
  void start();

  /** There may be a buffer to {@link DeviceSide#activate}. */
  void ready();

  /**
   * The stream ends: when this returns no buffer is used by the device any more. Those that it has
   * are cancelled by the queue.
   */
  void stop();
}
