package org.dmabuf.fence;

import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dmabuf.Errno;
import org.dmabuf.fault.ClientFaults;
import org.dmabuf.fault.FaultPoint;
import org.dmabuf.limit.Quota;
import org.dmabuf.seam.Seam;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What stands behind a {@link FenceContext}: its number, its names and its pending fences, which
 * stay when the producer has gone.
 *
 * <pre>
 *   OPEN --closed by its producer or with its bundle--> ENDED   ECANCELED, of a timeline ENOENT
 *        --forgotten by its producer------------------> ENDED   EDEADLK when somebody waits, else
 *                                                               as above
 * </pre>
 *
 * <p>Thread-safe.
 */
abstract sealed class FenceLine implements OpenContext permits DriverLine, TimelineLine {
  private static final Logger LOG = LoggerFactory.getLogger(FenceLine.class);

  private final FenceContexts owner;
  private final long id;
  private final FenceKind kind;
  private final String driverName;
  private final String timelineName;
  private final Quota fences;
  private final ClientFaults faults;
  private final HookGate gate;
  private final Runnable whenClosed;
  private final AtomicBoolean told = new AtomicBoolean();
  private volatile WeakReference<FenceContext> hooked;

  FenceLine(
      FenceContexts owner,
      FenceKind kind,
      String driverName,
      String timelineName,
      ContextOwner bundle) {
    this.owner = owner;
    this.id = owner.allocate();
    this.kind = kind;
    this.driverName = driverName;
    this.timelineName = timelineName;
    this.fences = bundle.fences();
    this.faults = bundle.faults();
    this.gate = bundle.gate();
    this.whenClosed = bundle.whenClosed();
  }

  final FenceContexts owner() {
    return owner;
  }

  final long id() {
    return id;
  }

  final FenceKind kind() {
    return kind;
  }

  final String driverName() {
    return driverName;
  }

  final String timelineName() {
    return timelineName;
  }

  /** Its producer has hooks; before the first fence is made. */
  final void hooked(FenceContext producer) {
    hooked = new WeakReference<>(producer);
  }

  /** The producer's hooks; null when it has none, or none any more. */
  final FenceOps ops() {
    Seam.step();
    WeakReference<FenceContext> known = hooked;
    if (known == null) {
      return null;
    }
    FenceContext producer = known.get();
    return producer == null ? null : producer.ops();
  }

  /** The way into its producer's hooks. */
  final HookGate gate() {
    return gate;
  }

  /** What may strike its fences and its producer's hooks. */
  final ClientFaults faults() {
    return faults;
  }

  /** Counts a fence that is about to be made, where they are limited; EDQUOT; else false. */
  final boolean charge() {
    if (faults.isOn()) {
      faults.before(FaultPoint.FENCE, "A fence of " + this);
    }
    if (!fences.isLimited()) {
      return false;
    }
    fences.take(1);
    return true;
  }

  /** A fence that was counted has completed, or was not made. */
  final void uncharge() {
    fences.give(1);
  }

  /** When a fence is made now; {@link DmaFence#NEVER} unless fences are timed. */
  long madeAt() {
    return owner.madeAt();
  }

  /** ECANCELED when it has ended; EDQUOT. */
  abstract ContextFence create();

  /** ECANCELED when it has ended; EDQUOT. */
  abstract ContextFence create(long seqno);

  /** Completes one of its fences and tells; false when another thread was first. */
  abstract boolean complete(ContextFence fence, Errno error, long now);

  /** The number that a timeline has come to. */
  abstract long reached();

  /** Moves a timeline on. */
  abstract void advance(long by);

  /** Asks the producer's hook for each pending fence, oldest first. */
  abstract void poll();

  /** No new fences; the pending ones complete in order. Calling it again changes nothing. */
  abstract void end(boolean forgotten);

  @Override
  public final void close() {
    end(false);
    tellClosed();
  }

  /** The producer has dropped its last reference without closing. */
  final void forgotten() {
    LOG.debug("{} was dropped with {} pending fences", this, pending());
    end(true);
    tellClosed();
  }

  final Errno errorAtEnd(DmaFence fence, boolean forgotten) {
    if (forgotten && fence.isAwaited()) {
      LOG.warn(
          "{} is awaited and {} was dropped; it fails now, its driver must close the context",
          fence.describe(),
          this);
      return Errno.EDEADLK;
    }
    return kind == FenceKind.TIMELINE ? Errno.ENOENT : Errno.ECANCELED;
  }

  @Override
  public final String toString() {
    return "fence context " + id + " (" + driverName + " " + timelineName + ")";
  }

  private void tellClosed() {
    Seam.step();
    if (told.compareAndSet(false, true)) {
      owner.closed(this);
      whenClosed.run();
    }
  }
}
