package org.dmabuf.fence;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.OptionalLong;
import org.dmabuf.Errno;
import org.dmabuf.debug.SignallingSection;
import org.dmabuf.fault.FaultPoint;
import org.dmabuf.seam.Seam;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A fence that the producer of its {@link FenceContext} completes.
 *
 * <pre>
 *   consumer --> ContextFence --> FenceLine ..weak..> FenceContext --> FenceOps
 *                                                     the producer's    the driver's
 * </pre>
 *
 * <p>So who holds a fence holds nothing of its driver's, and a context that its producer has
 * forgotten is noticed although its fences are in use.
 */
abstract sealed class ContextFence extends DmaFence permits DriverFence, TimelineFence {
  private static final Logger LOG = LoggerFactory.getLogger(ContextFence.class);
  private static final long NO_DEADLINE = Long.MAX_VALUE;
  private static final VarHandle DEADLINE;
  private static final VarHandle ENABLED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      DEADLINE = lookup.findVarHandle(ContextFence.class, "deadline", long.class);
      ENABLED = lookup.findVarHandle(ContextFence.class, "enabled", boolean.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  private final FenceLine line;
  private final long seqno;
  private final long madeAt;

  @SuppressWarnings("UnusedVariable") // through DEADLINE
  private volatile long deadline = NO_DEADLINE;

  @SuppressWarnings("UnusedVariable") // through ENABLED
  private volatile boolean enabled;

  ContextFence(FenceLine line, long seqno) {
    this.line = line;
    this.seqno = seqno;
    this.madeAt = line.madeAt();
  }

  final FenceLine line() {
    return line;
  }

  @Override
  public final OptionalLong madeAt() {
    return madeAt == NEVER ? OptionalLong.empty() : OptionalLong.of(madeAt);
  }

  @Override
  public final FenceKind kind() {
    return line.kind();
  }

  @Override
  public final long contextId() {
    return line.id();
  }

  @Override
  public final long seqno() {
    return seqno;
  }

  @Override
  public final String driverName() {
    return line.driverName();
  }

  @Override
  public final String timelineName() {
    return line.timelineName();
  }

  @Override
  public final void setDeadline(long nanos) {
    if (isSignaled()) {
      return;
    }
    long now = (long) DEADLINE.getVolatile(this);
    while (nanos < now) {
      Seam.step();
      if (DEADLINE.compareAndSet(this, now, nanos)) {
        tellDeadline(nanos);
        return;
      }
      now = (long) DEADLINE.getVolatile(this);
    }
  }

  @Override
  public final OptionalLong deadline() {
    long now = (long) DEADLINE.getVolatile(this);
    return now == NO_DEADLINE ? OptionalLong.empty() : OptionalLong.of(now);
  }

  @Override
  public final void enableSignaling() {
    FenceOps ops = line.ops();
    Seam.step();
    if (ops == null || isComplete() || !ENABLED.compareAndSet(this, false, true)) {
      // A second thread may add its callback while the first is still inside the hook: if the hook
      // says that the work is done, that callback is told by the first thread.
      return;
    }
    HookGate gate = line.gate();
    if (!gate.enter("enableSignaling")) {
      return; // its bundle has left, and with that it completes
    }
    try (SignallingSection _ = line.owner().signalling()) {
      strike(FaultPoint.ENABLE_SIGNALING);
      if (!ops.enableSignaling(this)) {
        line.complete(this, null, clockNanos());
      }
    } catch (Throwable failure) {
      LOG.error("The producer of {} cannot enable signalling: {}", describe(), failure, failure);
      line.complete(this, Errno.EIO, clockNanos());
    } finally {
      gate.exit();
    }
  }

  @Override
  final FenceContexts contexts() {
    return line.owner();
  }

  @Override
  final boolean seesCompletion() {
    FenceOps ops = line.ops();
    HookGate gate = line.gate();
    if (ops == null || !gate.enter("isSignaled")) {
      return false;
    }
    try (SignallingSection _ = line.owner().signalling()) {
      strike(FaultPoint.IS_SIGNALED);
      if (!ops.isSignaled(this)) {
        return false;
      }
    } catch (Throwable failure) {
      // It stays pending: its producer can still complete it.
      LOG.error("The producer of {} {} failed to look: {}", line, seqno, failure, failure);
      return false;
    } finally {
      gate.exit();
    }
    // When another thread was first, it has completed all the same.
    line.complete(this, null, clockNanos());
    return true;
  }

  private void tellDeadline(long nanos) {
    FenceOps ops = line.ops();
    HookGate gate = line.gate();
    if (ops == null || !gate.enter("setDeadline")) {
      return;
    }
    try {
      strike(FaultPoint.SET_DEADLINE);
      ops.setDeadline(this, nanos);
    } catch (Throwable failure) {
      // A hint that is not taken changes nothing.
      LOG.error("The producer of {} takes no deadline: {}", describe(), failure, failure);
    } finally {
      gate.exit();
    }
  }

  private void strike(FaultPoint hook) {
    if (line.faults().isOn()) {
      line.faults().before(hook, "A hook of " + line + " for seq " + seqno);
    }
  }

  private long clockNanos() {
    return line.owner().clock().nanos();
  }
}
