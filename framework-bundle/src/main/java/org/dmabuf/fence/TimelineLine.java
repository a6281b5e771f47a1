package org.dmabuf.fence;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.seam.Seam;

/**
 * The points of a software timeline, completed in the order of their numbers.
 *
 * <pre>
 *   pending   first [3] - [5] - [5] - [9] last      in order, whatever order they came in
 * </pre>
 *
 * <p>Its monitor guards the list and the counter; callbacks run without it. Unlinking a point and
 * changing its state are one step, so an earlier one is never seen pending after a later one.
 */
final class TimelineLine extends FenceLine {
  private enum State {
    OPEN,
    ENDED
  }

  private static final long U32 = 0xffff_ffffL;

  private final ReferenceQueue<TimelineFence> freed = new ReferenceQueue<>();
  private State state = State.OPEN;
  private long lastSeqno;
  private long reached;
  private int pending;
  private TimelineFence.Place first;
  private TimelineFence.Place last;

  TimelineLine(FenceContexts owner, String driverName, String timelineName, ContextOwner bundle) {
    super(owner, FenceKind.TIMELINE, driverName, timelineName, bundle);
  }

  @Override
  ContextFence create() {
    Seam.step();
    synchronized (this) {
      checkOpen();
      return link(kind().number(lastSeqno + 1));
    }
  }

  @Override
  ContextFence create(long seqno) {
    long number = kind().number(seqno);
    long now = owner().clock().nanos();
    Seam.step();
    synchronized (this) {
      checkOpen();
      if (kind().isLater(number, reached)) {
        return link(number);
      }
    }
    TimelineFence past = new TimelineFence(this, number, freed);
    past.complete(null, now);
    return past;
  }

  @Override
  boolean complete(ContextFence fence, Errno error, long now) {
    FenceBatch batch = new FenceBatch();
    Seam.step();
    synchronized (this) {
      if (!completeOne((TimelineFence) fence, error, now, batch)) {
        return false;
      }
    }
    batch.tell();
    return true;
  }

  @Override
  public int pending() {
    Seam.step();
    synchronized (this) {
      forgetFreed();
      return pending;
    }
  }

  @Override
  synchronized long reached() {
    return reached;
  }

  @Override
  void advance(long by) {
    long left = by & U32;
    while (left > Integer.MAX_VALUE) {
      // Not further at once than numbers can be compared.
      step(Integer.MAX_VALUE);
      left -= Integer.MAX_VALUE;
    }
    step(left);
  }

  @Override
  void poll() {
    // Its counter says what is done.
  }

  @Override
  public synchronized boolean isClosed() {
    return state == State.ENDED;
  }

  @Override
  void end(boolean forgotten) {
    long now = owner().clock().nanos();
    FenceBatch batch = new FenceBatch();
    Seam.step();
    synchronized (this) {
      state = State.ENDED;
      while (first != null) {
        completeFirst(forgotten, now, batch);
      }
    }
    batch.tell();
  }

  /** Somebody is to be told of it: it must not be freed before. */
  void keep(TimelineFence fence) {
    Seam.step();
    synchronized (this) {
      if (fence.place().linked) {
        fence.place().kept = fence;
      }
    }
  }

  /**
   * After somebody was taken back. Who was added meanwhile is seen here, or keeps it after this.
   */
  void keepNoLonger(TimelineFence fence) {
    Seam.step();
    synchronized (this) {
      if (!fence.isAwaited()) {
        fence.place().kept = null;
      }
    }
  }

  private void step(long by) {
    long now = owner().clock().nanos();
    FenceBatch batch = new FenceBatch();
    Seam.step();
    synchronized (this) {
      reached = (reached + by) & U32;
      while (first != null && !kind().isLater(first.seqno, reached)) {
        TimelineFence fence = first.get();
        if (fence == null) {
          unlink(first);
        } else {
          completeOne(fence, null, now, batch);
        }
      }
    }
    batch.tell();
  }

  private void completeFirst(boolean forgotten, long now, FenceBatch batch) {
    TimelineFence fence = first.get();
    if (fence == null) {
      unlink(first);
    } else {
      completeOne(fence, errorAtEnd(fence, forgotten), now, batch);
    }
  }

  private boolean completeOne(TimelineFence fence, Errno error, long now, FenceBatch batch) {
    if (!fence.place().linked) {
      return false;
    }
    unlink(fence.place());
    return batch.complete(fence, error, now);
  }

  private void checkOpen() {
    forgetFreed();
    if (state == State.ENDED) {
      throw new DmaBufException(
          Errno.ECANCELED, "A fence was asked of " + this + ", which is closed; open another");
    }
  }

  private void forgetFreed() {
    for (Reference<?> gone = freed.poll(); gone != null; gone = freed.poll()) {
      TimelineFence.Place place = (TimelineFence.Place) gone;
      if (place.linked) {
        unlink(place);
      }
    }
  }

  /** In its place: at the end, unless it comes before others. */
  private TimelineFence link(long seqno) {
    boolean charged = charge();
    TimelineFence fence = new TimelineFence(this, seqno, freed);
    TimelineFence.Place place = fence.place();
    place.charged = charged;
    TimelineFence.Place before = last;
    while (before != null && kind().isLater(before.seqno, seqno)) {
      before = before.previous;
    }
    TimelineFence.Place after = before == null ? first : before.next;
    place.previous = before;
    place.next = after;
    place.linked = true;
    if (before == null) {
      first = place;
    } else {
      before.next = place;
    }
    if (after == null) {
      last = place;
    } else {
      after.previous = place;
    }
    pending++;
    if (kind().isLater(seqno, lastSeqno)) {
      lastSeqno = seqno;
    }
    return fence;
  }

  private void unlink(TimelineFence.Place place) {
    place.linked = false;
    place.kept = null;
    if (place.charged) {
      uncharge();
    }
    if (place.previous == null) {
      first = place.next;
    } else {
      place.previous.next = place.next;
    }
    if (place.next == null) {
      last = place.previous;
    } else {
      place.next.previous = place.previous;
    }
    place.previous = null;
    place.next = null;
    pending--;
  }
}
