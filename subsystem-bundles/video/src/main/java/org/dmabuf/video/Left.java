package org.dmabuf.video;

import java.util.ArrayList;
import java.util.List;
import org.dmabuf.fence.DmaFence;

/**
 * What a step of the queue leaves to be done without its monitor.
 *
 * @param fences to be completed, in the order of queuing
 * @param buffers to be released
 */
record Left(List<DmaFence> fences, List<ImportedBuffer> buffers) {
  Left() {
    this(new ArrayList<>(), new ArrayList<>());
  }

  /** Takes the slot's fence, when it has one. */
  void takeFence(Slot slot) {
    DmaFence fence = slot.takeFence();
    if (fence != null) {
      fences.add(fence);
    }
  }

  /** Takes the slot's buffer, when it has one. */
  void takeBuffer(Slot slot) {
    ImportedBuffer buffer = slot.takeImported();
    if (buffer != null) {
      buffers.add(buffer);
    }
  }
}
