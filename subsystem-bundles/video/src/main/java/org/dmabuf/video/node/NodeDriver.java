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
   * Makes what works in a context.
   *
   * @param controls the context's, never null
   * @return never null
   */
  FrameWorker worker(Controls controls);
}
