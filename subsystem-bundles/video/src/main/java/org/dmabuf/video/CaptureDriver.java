package org.dmabuf.video;

import org.dmabuf.DmaBufException;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a driver does for its capture device; all the rest (queue, buffers, fences, thread, pace) is
 * done by {@link CaptureDevice}.
 *
 * <pre>
 *   device thread:  capture(target) -> Frame -> accepted -> fence signalled -> Frame.delivered
 *                                   -> NotReady -> (kick) -> capture(target)
 * </pre>
 *
 * <p>No lock is held in any call, and after {@link CaptureDevice#close} has returned there is none.
 * An exception that is no {@link DmaBufException} is logged and becomes EIO. Kernel counterpart:
 * {@code struct vb2_ops}.
 */
@ConsumerType
public interface CaptureDriver {

  /**
   * Refuses a format that frames cannot be had in. Called on the thread of who sets it.
   *
   * @param asked one of the device's formats, within its limits of size; never null
   * @throws DmaBufException EINVAL with the reason, and with what would work
   */
  void check(VideoFormat asked);

  /**
   * Fills a buffer with the next frame, on the device's thread. May block for as long as the frame
   * takes to come; a stop first waits half a second for it, then interrupts the thread.
   *
   * @param target the buffer, never null; not to be used after the call
   * @return what came of it, never null; a frame that was returned but not accepted is to be
   *     captured again by the next call, or by the successor
   */
  Capture capture(FrameTarget target);
}
