package org.dmabuf.display.kms;

import org.dmabuf.fence.DmaFence;
import org.osgi.annotation.versioning.ConsumerType;

/** Who gets the fence of a commit. Called on the committing thread with no lock held. */
@ConsumerType
@FunctionalInterface
public interface OutFence {
  /**
   * A fence was made, before the commit takes effect.
   *
   * @param fence which completes when the commit is on the screen, or written; never null
   * @throws org.dmabuf.DmaBufException when it cannot be taken, which refuses the commit
   */
  void offered(DmaFence fence);

  /** The commit was refused after all; its fence has failed. */
  default void withdrawn() {}
}
