package org.dmabuf.fence;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.seam.Seam;

/**
 * A driver's fences, without a lock: one compare-and-set makes a fence, one completes it.
 *
 * <pre>
 *   newest -> [7] -> [6 done] -> [5] -> [4 done] -> ...       a new one hangs above the newest that
 *                                                             is pending, a sweep takes out the others
 *   newest -> null                                            ended
 * </pre>
 *
 * <p>From the newest every pending one is found by following {@code older}; completing changes
 * nothing there. A sweep comes when the list is about twice as long as what was pending at the
 * last, so it costs each fence a constant, and not more completed ones than that are kept.
 */
final class DriverLine extends FenceLine {
  private static final int SHORTEST_TO_SWEEP = 64;
  private static final VarHandle NEWEST;
  private static final VarHandle HIGHEST;
  private static final VarHandle SWEEPING;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      NEWEST = lookup.findVarHandle(DriverLine.class, "newest", DriverFence.class);
      HIGHEST = lookup.findVarHandle(DriverLine.class, "highest", long.class);
      SWEEPING = lookup.findVarHandle(DriverLine.class, "sweeping", boolean.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  private final FenceWatchdog watchdog; // null without

  @SuppressWarnings("UnusedVariable") // through NEWEST
  private volatile DriverFence newest;

  /** Of the numbers that the driver gave itself. */
  private volatile long highest;

  @SuppressWarnings("UnusedVariable") // through SWEEPING
  private volatile boolean sweeping;

  private volatile int sweepAt = SHORTEST_TO_SWEEP;

  DriverLine(FenceContexts owner, FenceContextInfo info, ContextOwner bundle) {
    super(owner, info.kind(), info.driverName(), info.timelineName(), bundle);
    this.watchdog = info.timeout().map(limit -> new FenceWatchdog(this, limit)).orElse(null);
    // A fence that has completed is at the bottom, so that null can mean the end.
    DriverFence bottom = new DriverFence(this, 0, null);
    bottom.complete(null, 0);
    newest = bottom;
  }

  @Override
  long madeAt() {
    return watchdog == null ? super.madeAt() : owner().clock().nanos();
  }

  @Override
  ContextFence create() {
    boolean charged = charge();
    try {
      while (true) {
        DriverFence top = newest();
        long last = top.seqno();
        long given = highest;
        long next = kind().number((kind().isLater(given, last) ? given : last) + 1);
        ContextFence made = push(top, next, charged);
        if (made != null) {
          return made;
        }
      }
    } catch (DmaBufException closed) {
      notMade(charged);
      throw closed;
    }
  }

  @Override
  ContextFence create(long seqno) {
    long number = kind().number(seqno);
    boolean charged = charge();
    try {
      while (true) {
        DriverFence top = newest();
        // Known before it is there, so that the context counts on from it. When the line ends
        // between, nobody counts any more.
        raise(kind().isLater(number, top.seqno()) ? number : top.seqno());
        ContextFence made = push(top, number, charged);
        if (made != null) {
          return made;
        }
      }
    } catch (DmaBufException closed) {
      notMade(charged);
      throw closed;
    }
  }

  private void notMade(boolean charged) {
    if (charged) {
      uncharge();
    }
  }

  /** A callback may make the next fence: so it is counted no more before it is told of. */
  @Override
  boolean complete(ContextFence fence, Errno error, long now) {
    Completion.Node newest = fence.complete(error, now);
    if (newest == Completion.LOST) {
      return false;
    }
    ((DriverFence) fence).uncharge();
    fence.tell(newest);
    return true;
  }

  @Override
  public int pending() {
    int[] count = {0};
    eachPending(fence -> count[0]++);
    return count[0];
  }

  @Override
  long reached() {
    return 0;
  }

  @Override
  void advance(long by) {
    throw new DmaBufException(
        Errno.EINVAL,
        "A timeline was to be advanced, which " + this + " is not; signal its fences");
  }

  @Override
  void poll() {
    List<DriverFence> all = new ArrayList<>();
    eachPending(all::add);
    all.reversed().forEach(DriverFence::isSignaled);
  }

  @Override
  public boolean isClosed() {
    Seam.step();
    return NEWEST.getVolatile(this) == null;
  }

  @Override
  void end(boolean forgotten) {
    Seam.step();
    DriverFence top = (DriverFence) NEWEST.getAndSet(this, null);
    if (watchdog != null) {
      watchdog.end();
    }
    List<DriverFence> all = new ArrayList<>();
    for (DriverFence each = pending(top); each != null; each = pending(each.older)) {
      all.add(each);
    }
    if (all.isEmpty()) {
      return;
    }
    // In order, whatever order they came in: as far as each is from the one made first.
    long base = all.getLast().seqno();
    all.sort(
        Comparator.comparingLong(
            each -> kind() == FenceKind.DRIVER ? each.seqno() : (int) (each.seqno() - base)));
    long now = owner().clock().nanos();
    FenceBatch batch = new FenceBatch();
    for (DriverFence each : all) {
      if (batch.complete(each, errorAtEnd(each, forgotten), now)) {
        each.uncharge();
      }
    }
    batch.tell();
  }

  /** Shows each that is pending, newest first. One that is made meanwhile may be missing. */
  void eachPending(Consumer<DriverFence> show) {
    Seam.step();
    DriverFence top = (DriverFence) NEWEST.getVolatile(this);
    for (DriverFence each = pending(top); each != null; each = pending(each.older)) {
      show.accept(each);
    }
  }

  private static DriverFence pending(DriverFence start) {
    return DriverFence.pendingFrom(start);
  }

  private DriverFence newest() {
    Seam.step();
    DriverFence top = (DriverFence) NEWEST.getVolatile(this);
    if (top == null) {
      throw new DmaBufException(
          Errno.ECANCELED, "A fence was asked of " + this + ", which is closed; open another");
    }
    return top;
  }

  private ContextFence push(DriverFence top, long seqno, boolean charged) {
    DriverFence fence = new DriverFence(this, seqno, pending(top));
    fence.charged = charged;
    Seam.step();
    if (!NEWEST.compareAndSet(this, top, fence)) {
      return null;
    }
    if (fence.depth >= sweepAt) {
      sweep();
    }
    if (watchdog != null) {
      watchdog.made();
    }
    return fence;
  }

  private void raise(long number) {
    Seam.step();
    long now = highest;
    while (kind().isLater(number, now)) {
      Seam.step();
      if (HIGHEST.compareAndSet(this, now, number)) {
        return;
      }
      now = highest;
    }
  }

  /** One thread at a time; those that come meanwhile need not wait for it. */
  private void sweep() {
    Seam.step();
    if (!SWEEPING.compareAndSet(this, false, true)) {
      return;
    }
    DriverFence top = (DriverFence) NEWEST.getVolatile(this);
    int kept = 0;
    for (DriverFence each = top; each != null; each = each.older) {
      each.older = pending(each.older);
      kept++;
    }
    int depth = kept;
    for (DriverFence each = top; each != null; each = each.older) {
      each.depth = depth--;
    }
    Seam.step();
    sweepAt = 2 * kept + SHORTEST_TO_SWEEP;
    SWEEPING.setVolatile(this, false);
  }
}
