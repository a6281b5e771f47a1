package org.dmabuf.video.node;

import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A driver of a video device; queues, formats, requests and threads are {@link VideoNode}'s.
 *
 * <p>Called with no lock held; forgotten by {@link VideoNode#close}. Kernel counterpart: {@code
 * struct v4l2_ioctl_ops} with {@code struct vb2_ops}.
 */
@ConsumerType
public interface NodeDriver {
  /** Returns the controls that a context has, never null. */
  List<ControlInfo> controls();

  /**
   * Returns whether a frame may be long in coming, or is not there yet: then each stream has a
   * thread of its own, also without a rate and without fences. Asked once for each context.
   */
  default boolean waits() {
    return false;
  }

  /**
   * Refuses a format that frames cannot be had in, when a program sets it.
   *
   * @param asked one of the device's formats, within its sizes; never null
   * @throws org.dmabuf.DmaBufException EINVAL with the reason, and with what would work
   */
  default void check(FrameFormat asked) {}

  /**
   * Makes what works in a context.
   *
   * @param controls the context's, never null
   * @return never null
   */
  FrameWorker worker(Controls controls);
}
