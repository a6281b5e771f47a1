package org.dmabuf.acceptance.soak;

import java.util.Random;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;

/** A fence that somebody has to complete. */
record Pending(FenceContext context, DmaFence fence) {
  /** Completes it, now and then with an error; nothing happens when it has been. */
  void complete(Random random) {
    if (random.nextInt(10) == 0) {
      context.fail(fence, Errno.ETIMEDOUT);
    } else {
      context.signal(fence);
    }
  }
}
