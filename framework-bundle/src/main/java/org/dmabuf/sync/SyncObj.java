package org.dmabuf.sync;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceChain;
import org.dmabuf.fence.FenceContexts;
import org.dmabuf.fence.FenceUnwrap;
import org.dmabuf.seam.Seam;

/**
 * A place for a fence that programs can name before there is one: what they wait for, replace and
 * hand to each other.
 *
 * <pre>
 *   EMPTY    --replace, signal--> BINARY (one fence)      has point 0
 *            --add------------+
 *   BINARY   --add------------+-> TIMELINE (a chain)      has all points up to its last
 *   TIMELINE --replace, signal--> BINARY or TIMELINE, as the fence is
 *   any      --reset------------> EMPTY
 *
 *   add(5), add(7), add(6)        7 <- 7'   the last one out of order: in a context of its own
 * </pre>
 *
 * <p>Who waits keeps the fence that was there at the beginning, or the first one that came ({@link
 * SyncWait}). Thread-safe. Its monitor is not held while fences are asked or anybody is told.
 * Kernel counterpart: {@code struct drm_syncobj}.
 */
public final class SyncObj {
  /** How long a transfer waits for a point that nobody has submitted yet. */
  public static final Duration SUBMIT_BOUND = Duration.ofSeconds(5);

  /** Somebody who is told once, with no lock held, when a point has been submitted. */
  interface Watcher {
    long point();

    void submitted(DmaFence found);
  }

  private final FenceContexts contexts;
  private final List<Watcher> watchers = new ArrayList<>(0); // guarded by this
  private volatile DmaFence fence; // null when empty; written with the monitor held

  /**
   * Makes an empty one; clients use {@code DmaBufRegistry.syncObj}.
   *
   * @param contexts whose clock and stubs it takes, never null
   */
  public SyncObj(FenceContexts contexts) {
    this.contexts = Objects.requireNonNull(contexts, "contexts");
  }

  /**
   * Returns the fence that is in it now, the last point of a timeline; empty when there is none.
   */
  public Optional<DmaFence> fence() {
    return Optional.ofNullable(fence);
  }

  /** Puts a fence into it, which makes it a timeline when that is a chain; never null. */
  public void replace(DmaFence next) {
    install(Objects.requireNonNull(next, "next"));
  }

  /** Empties it. Who waits for what was in it goes on waiting for that. */
  public void reset() {
    install(null);
  }

  /** Puts a fence into it that has completed now. */
  public void signal() {
    install(contexts.privateStub(contexts.clock().nanos()));
  }

  /** Adds a point that has completed; see {@link #add}. */
  public void signal(long point) {
    add(point, contexts.stub());
  }

  /**
   * Adds a point, after what is in it: the point completes when that has, too. When the timeline
   * has come so far already the new point takes the last one's number.
   *
   * @param point the point, without sign
   * @param next what it stands for, no chain, never null
   * @throws DmaBufException EINVAL for a chain
   */
  public void add(long point, DmaFence next) {
    FenceChain last;
    List<Watcher> told;
    Seam.step();
    synchronized (this) {
      last = fence == null ? FenceChain.of(next, point) : FenceChain.of(fence, next, point);
      fence = last;
      told = takeSubmitted();
    }
    told.forEach(watcher -> tell(watcher, last));
    forgetCompleted(last);
  }

  /**
   * Returns the last point that has completed with all before it; 0 when there is none, and for
   * what is no timeline. A point that came out of order hides those before it.
   */
  public long query() {
    Seam.step();
    if (!(fence instanceof FenceChain last)) {
      return 0;
    }
    FenceChain earliest = last;
    Optional<DmaFence> before = last.walk();
    while (before.isPresent()
        && before.get() instanceof FenceChain link
        && link.contextId() == last.contextId()) {
      earliest = link;
      before = link.walk();
    }
    return earliest.isSignaled() ? earliest.seqno() : earliest.previousSeqno();
  }

  /** Returns the last point that was added, completed or not; 0 for what is no timeline. */
  public long lastSubmitted() {
    return fence instanceof FenceChain last ? last.seqno() : 0;
  }

  /**
   * Returns what to wait for until a point has completed.
   *
   * @param point the point, without sign; 0 for all that is in it
   * @return the fence, a stub when a timeline has passed the point; empty when the point has not
   *     been submitted
   */
  public Optional<DmaFence> find(long point) {
    Seam.step();
    DmaFence now = fence;
    return FenceChain.hasPoint(now, point) ? Optional.of(found(now, point)) : Optional.empty();
  }

  /**
   * As {@link #find}.
   *
   * @throws DmaBufException EINVAL when the point has not been submitted
   */
  public DmaFence require(long point) {
    return find(point)
        .orElseThrow(
            () ->
                new DmaBufException(
                    Errno.EINVAL,
                    describe()
                        + " was asked for point "
                        + Long.toUnsignedString(point)
                        + ", which nobody has submitted; submit it, or wait for that"));
  }

  /**
   * As {@link #require}, but waits until the point has been submitted, at most {@link
   * #SUBMIT_BOUND}.
   *
   * @throws DmaBufException ETIME after that time; ERESTARTSYS when the thread is interrupted (its
   *     flag stays set)
   */
  public DmaFence awaitSubmitted(long point) {
    return SyncWait.submitted(new SyncPoint(this, point), SUBMIT_BOUND);
  }

  /**
   * Takes over what another one has at a point: at point 0 its fence as it is, a chain included; at
   * any other a new point that completes with all fences of that which are pending now.
   *
   * @param point the point here, without sign
   * @param taken what {@link #require} or {@link #awaitSubmitted} of the other one returned, never
   *     null
   */
  public void transfer(long point, DmaFence taken) {
    if (point == 0) {
      replace(taken);
    } else {
      add(point, FenceUnwrap.merge(List.of(taken)));
    }
  }

  /**
   * Waits until a point has completed; see {@link SyncWait} for many.
   *
   * @return false when the time was over before
   * @throws DmaBufException EINVAL when the point has not been submitted, or for a negative
   *     timeout; ERESTARTSYS when the thread is interrupted (its flag stays set)
   */
  public boolean await(long point, Duration timeout) {
    return SyncWait.await(
            List.of(new SyncPoint(this, point)), Set.of(), timeout, OptionalLong.empty())
        .isPresent();
  }

  /** Adds 1 to an event file when a point has completed, also when it has already. */
  public void signalWhenDone(long point, EventFd event) {
    watch(new SyncObjEvent(point, SyncObjEvent.When.DONE, event));
  }

  /** Adds 1 to an event file when a point has been submitted, also when it has been already. */
  public void signalWhenSubmitted(long point, EventFd event) {
    watch(new SyncObjEvent(point, SyncObjEvent.When.SUBMITTED, event));
  }

  /** Returns what it is and what it has, for messages; never null. */
  public String describe() {
    DmaFence now = fence;
    return now == null ? "An empty sync object" : "A sync object with " + now.describe();
  }

  @Override
  public String toString() {
    return describe();
  }

  /** Tells at once when the point is there. */
  void watch(Watcher watcher) {
    DmaFence now;
    Seam.step();
    synchronized (this) {
      now = fence;
      if (!FenceChain.hasPoint(now, watcher.point())) {
        watchers.add(watcher);
        return;
      }
    }
    tell(watcher, now);
  }

  void unwatch(Watcher watcher) {
    Seam.step();
    synchronized (this) {
      watchers.remove(watcher);
    }
  }

  FenceContexts contexts() {
    return contexts;
  }

  private void install(DmaFence next) {
    List<Watcher> told;
    Seam.step();
    synchronized (this) {
      fence = next;
      told = takeSubmitted();
    }
    told.forEach(watcher -> tell(watcher, next));
  }

  /** Takes those off the list whose points are there; the monitor is held, and nobody is called. */
  private List<Watcher> takeSubmitted() {
    if (watchers.isEmpty()) {
      return List.of();
    }
    List<Watcher> submitted = new ArrayList<>();
    for (Iterator<Watcher> all = watchers.iterator(); all.hasNext(); ) {
      Watcher watcher = all.next();
      if (FenceChain.hasPoint(fence, watcher.point())) {
        submitted.add(watcher);
        all.remove();
      }
    }
    return submitted;
  }

  private void tell(Watcher watcher, DmaFence now) {
    watcher.submitted(found(now, watcher.point()));
  }

  private DmaFence found(DmaFence now, long point) {
    return FenceChain.findSeqno(now, point).orElseGet(contexts::stub);
  }

  /** So that a timeline that nobody waits for does not grow for ever. */
  private static void forgetCompleted(FenceChain last) {
    DmaFence link = last;
    while (link instanceof FenceChain chain) {
      link = chain.walk().orElse(null);
    }
  }
}
