package org.dmabuf.sync;

import org.dmabuf.fence.DmaFence;

/** What is waited for: all of a sync object (IGT's syncobj_wait), or a point (syncobj_timeline). */
enum PointKind {
  BINARY,
  TIMELINE;

  SyncPoint of(SyncObj object) {
    return new SyncPoint(object, this == BINARY ? 0 : 1);
  }

  void submit(SyncObj object, DmaFence fence) {
    if (this == BINARY) {
      object.replace(fence);
    } else {
      object.add(1, fence);
    }
  }

  void signal(SyncObj object) {
    if (this == BINARY) {
      object.signal();
    } else {
      object.signal(1);
    }
  }
}
