package org.dmabuf.video;

import java.util.List;
import org.dmabuf.fence.DmaFence;

/**
 * One index of a queue. Its state and its flag are guarded by the queue; the rest belongs to who
 * has the slot: the caller of queue() while PREPARING, the device's thread while ACTIVE, else the
 * queue.
 */
final class Slot {
  final int index;
  BufferState state = BufferState.DEQUEUED;

  /** The queue has forgotten this slot; who has it releases its buffer. */
  boolean orphaned;

  ImportedBuffer imported;
  DmaFence fence;
  List<DmaFence> before = List.of();
  CapturedBuffer result;

  Slot(int index) {
    this.index = index;
  }

  ImportedBuffer takeImported() {
    ImportedBuffer taken = imported;
    imported = null;
    return taken;
  }

  DmaFence takeFence() {
    DmaFence taken = fence;
    fence = null;
    before = List.of();
    return taken;
  }
}
