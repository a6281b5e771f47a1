package org.dmabuf.sync;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaClock;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceCallback;
import org.dmabuf.fence.FenceContexts;
import org.dmabuf.seam.Seam;

/**
 * One thread's wait for points of sync objects, any or all of them.
 *
 * <pre>
 *   of each point   MISSING --submitted--> SUBMITTED --its fence completes--> DONE
 *
 *   the fence that is there at the beginning, or the first that comes, is the one that is waited
 *   for, whatever the object is given later
 * </pre>
 *
 * <p>Belongs to its thread; only the fences come from others. A thread that is parked in it has the
 * first object for its blocker. Kernel counterpart: {@code drm_syncobj_array_wait_timeout()}.
 */
public final class SyncWait {
  private static final int NOT_YET = -1;

  /** Longer waits, which would overflow a clock in nanoseconds, have no limit. */
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  /** A point of the wait. */
  private static final class Entry implements SyncObj.Watcher {
    final SyncPoint of;
    private final Thread thread = Thread.currentThread();
    volatile DmaFence fence; // null while missing
    boolean listening; // the callback is on the fence

    Entry(SyncPoint of) {
      this.of = of;
    }

    @Override
    public long point() {
      return of.point();
    }

    @Override
    public void submitted(DmaFence found) {
      Seam.step();
      fence = found;
      Seam.unpark(thread);
    }
  }

  private final List<Entry> entries;
  private final Set<SyncWaitFlag> flags;
  private final FenceCallback wake;

  private SyncWait(List<SyncPoint> points, Set<SyncWaitFlag> flags) {
    Thread me = Thread.currentThread();
    this.entries = points.stream().map(Entry::new).toList();
    this.flags = flags;
    this.wake = new FenceCallback(done -> Seam.unpark(me), closed -> {});
  }

  /**
   * Waits for points, at most for a time of the product's clock.
   *
   * @param points what to wait for, none of them null
   * @param flags how, never null
   * @param timeout how long, 0 or more; never null
   * @param hint by when the fences that are there are needed, in ns on the product's clock
   * @return the lowest index of those that have completed, with AVAILABLE of those that are
   *     submitted, also with ALL; 0 without points; empty when the time was over before
   * @throws DmaBufException EINVAL for a negative timeout, and when a point has not been submitted
   *     and neither FOR_SUBMIT nor AVAILABLE is given; ERESTARTSYS when the thread is interrupted
   *     (its flag stays set)
   */
  public static OptionalInt await(
      List<SyncPoint> points, Set<SyncWaitFlag> flags, Duration timeout, OptionalLong hint) {
    if (timeout.isNegative()) {
      throw new DmaBufException(
          Errno.EINVAL, "A wait for " + points.size() + " points of " + timeout + "; 0 or more");
    }
    if (points.isEmpty()) {
      return OptionalInt.of(0);
    }
    return await(points, flags, until(points.getFirst(), timeout), hint);
  }

  /**
   * As {@link #await(List, Set, Duration, OptionalLong)} until a time of the clock, which a program
   * gives: any number.
   */
  static OptionalInt await(
      List<SyncPoint> points, Set<SyncWaitFlag> flags, long until, OptionalLong hint) {
    int first = new SyncWait(points, flags).run(until, hint);
    return first == NOT_YET ? OptionalInt.empty() : OptionalInt.of(first);
  }

  /** Waits until a point has been submitted; ETIME, ERESTARTSYS. */
  static DmaFence submitted(SyncPoint point, Duration timeout) {
    SyncWait wait = new SyncWait(List.of(point), Set.of(SyncWaitFlag.AVAILABLE));
    if (wait.run(until(point, timeout), OptionalLong.empty()) == NOT_YET) {
      throw new DmaBufException(Errno.ETIME, wait.describe() + " took longer than " + timeout);
    }
    return wait.entries.getFirst().fence;
  }

  private static long until(SyncPoint point, Duration timeout) {
    return timeout.compareTo(FOR_EVER) >= 0
        ? Long.MAX_VALUE
        : point.object().contexts().clock().nanos() + timeout.toNanos();
  }

  private int run(long until, OptionalLong hint) {
    boolean mayBeMissing =
        flags.contains(SyncWaitFlag.FOR_SUBMIT) || flags.contains(SyncWaitFlag.AVAILABLE);
    for (Entry entry : entries) {
      SyncObj object = entry.of.object();
      entry.fence =
          (mayBeMissing ? object.find(entry.point()).orElse(null) : object.require(entry.point()));
    }
    if (entries.isEmpty()) {
      return 0;
    }
    FenceContexts contexts = entries.getFirst().of.object().contexts();
    DmaClock clock = contexts.clock();
    if (until > clock.nanos()) {
      entries.stream().map(entry -> entry.fence).filter(Objects::nonNull).forEach(contexts::awaits);
    }
    int first = reached();
    if (first != NOT_YET) {
      return first;
    }
    DmaClock.Timer timer = () -> {};
    try {
      for (Entry entry : entries) {
        if (entry.fence == null) {
          entry.of.object().watch(entry);
        } else {
          hint.ifPresent(entry.fence::setDeadline);
        }
      }
      Thread me = Thread.currentThread();
      if (until != Long.MAX_VALUE && until > clock.nanos()) {
        timer = clock.schedule(until, () -> Seam.unpark(me));
      }
      return sleep(clock, until);
    } finally {
      timer.cancel();
      leave();
    }
  }

  private int sleep(DmaClock clock, long until) {
    while (true) {
      listen();
      int first = reached();
      if (first != NOT_YET || until <= clock.nanos()) {
        return first;
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new DmaBufException(Errno.ERESTARTSYS, describe() + " was interrupted");
      }
      Seam.park(entries.getFirst().of.object());
    }
  }

  /** Fences that have completed need no callback, and none is asked of what is only to be there. */
  private void listen() {
    if (flags.contains(SyncWaitFlag.AVAILABLE)) {
      return;
    }
    for (Entry entry : entries) {
      Seam.step();
      DmaFence fence = entry.fence;
      if (fence != null && !entry.listening) {
        entry.listening = fence.addCallback(wake);
      }
    }
  }

  /** The lowest index of those that are reached, when they are enough. */
  private int reached() {
    int first = NOT_YET;
    int reached = 0;
    for (int i = 0; i < entries.size(); i++) {
      Seam.step();
      DmaFence fence = entries.get(i).fence;
      if (fence != null && (flags.contains(SyncWaitFlag.AVAILABLE) || fence.isSignaled())) {
        first = first == NOT_YET ? i : first;
        reached++;
      }
    }
    boolean enough =
        reached == entries.size() || (reached > 0 && !flags.contains(SyncWaitFlag.ALL));
    return enough ? first : NOT_YET;
  }

  private void leave() {
    for (Entry entry : entries) {
      entry.of.object().unwatch(entry);
      if (entry.listening) {
        entry.fence.removeCallback(wake);
      }
    }
  }

  private String describe() {
    return "A wait for "
        + (flags.contains(SyncWaitFlag.ALL) ? "all of " : "one of ")
        + entries.stream()
            .limit(4)
            .map(each -> Long.toUnsignedString(each.point()) + " of " + each.of.object())
            .collect(Collectors.joining(", ", "[", entries.size() > 4 ? ", ...]" : "]"));
  }
}
