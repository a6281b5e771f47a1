package org.dmabuf.video.node;

import org.dmabuf.video.queue.FrameResult;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a driver does for the frames of one context: of a device that captures or shows there is
 * one, of a device that converts one for each file that is open.
 *
 * <p>Called by one thread at a time with no lock held; after {@link VideoNode#close} has returned
 * not at all. An exception is logged and the frame fails. Kernel counterpart: the thread of {@code
 * vivid}, {@code device_run} of {@code struct v4l2_m2m_ops}.
 */
@ConsumerType
public interface FrameWorker {
  /** A stream begins; the next frame has the number 0. */
  default void begin() {}

  /**
   * Does one frame.
   *
   * @param job never null; of the device's kind; not to be used after the call
   * @return what became of it, never null; LAST when no other frame will come; NOT_YET, of a device
   *     that {@linkplain NodeDriver#waits waits}, to be asked again after {@link VideoNode#kick} or
   *     some seconds
   */
  FrameResult.Outcome work(FrameJob job);
}
