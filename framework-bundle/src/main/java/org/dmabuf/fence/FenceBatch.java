package org.dmabuf.fence;

import java.util.ArrayList;
import java.util.List;
import org.dmabuf.Errno;

/**
 * Fences that complete together: all have changed their state before the first callback runs. Not
 * thread-safe; the same thread completes and tells.
 */
final class FenceBatch {
  private final List<DmaFence> fences = new ArrayList<>();
  private final List<Completion.Node> toTell = new ArrayList<>();

  /** Changes its state, unless another thread has. */
  boolean complete(DmaFence fence, Errno error, long now) {
    Completion.Node newest = fence.complete(error, now);
    if (newest == Completion.LOST) {
      return false;
    }
    fences.add(fence);
    toTell.add(newest);
    return true;
  }

  /** Tells who waits for them, in the order of completion, with no lock held. */
  void tell() {
    for (int i = 0; i < fences.size(); i++) {
      fences.get(i).tell(toTell.get(i));
    }
  }
}
