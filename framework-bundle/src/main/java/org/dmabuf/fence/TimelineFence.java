package org.dmabuf.fence;

import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;

/**
 * A point of a {@link TimelineLine}.
 *
 * <pre>
 *   line --> Place ..weak..> TimelineFence     nobody waits: when all files that have it are closed,
 *                                              it is freed like any other object
 *   line --> Place --------> TimelineFence     somebody is to be told: it stays until it completes
 * </pre>
 */
final class TimelineFence extends ContextFence {
  /** Where a point is in its line; guarded by the line's monitor. */
  static final class Place extends WeakReference<TimelineFence> {
    final long seqno;
    Place previous;
    Place next;
    boolean linked;
    boolean charged;
    TimelineFence kept; // null while nobody waits

    Place(TimelineFence fence, ReferenceQueue<TimelineFence> freed) {
      super(fence, freed);
      seqno = fence.seqno();
    }
  }

  private final TimelineLine timeline;
  private final Place place;

  TimelineFence(TimelineLine line, long seqno, ReferenceQueue<TimelineFence> freed) {
    super(line, seqno);
    timeline = line;
    place = new Place(this, freed);
  }

  Place place() {
    return place;
  }

  @Override
  void added() {
    timeline.keep(this);
  }

  @Override
  void removed() {
    timeline.keepNoLonger(this);
  }
}
