package org.dmabuf.sync;

import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceCallback;

/**
 * A point whose coming adds 1 to an event file, once. Kernel counterpart: {@code struct
 * syncobj_eventfd_entry}.
 */
final class SyncObjEvent implements SyncObj.Watcher {
  /** What of the point is waited for. */
  enum When {
    /** That it has completed. */
    DONE,
    /** That it is there. */
    SUBMITTED
  }

  private final long point;
  private final When when;
  private final EventFd event;

  SyncObjEvent(long point, When when, EventFd event) {
    this.point = point;
    this.when = when;
    this.event = event;
  }

  @Override
  public long point() {
    return point;
  }

  @Override
  public void submitted(DmaFence found) {
    if (when == When.SUBMITTED
        || !found.addCallback(new FenceCallback(done -> event.add(1), closed -> {}))) {
      event.add(1);
    }
  }
}
