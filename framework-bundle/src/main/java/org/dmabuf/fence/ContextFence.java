package org.dmabuf.fence;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.OptionalLong;

/**
 * A fence that the producer of its {@link FenceContext} completes.
 *
 * <pre>
 *   LINKED (in the context's list of pending fences) --complete--> UNLINKED
 * </pre>
 *
 * <p>It stays in its context's list until it completes, whoever still knows it: so it completes
 * with the context at the latest.
 */
final class ContextFence extends DmaFence {
  private static final long NO_DEADLINE = Long.MAX_VALUE;
  private static final VarHandle DEADLINE;

  static {
    try {
      DEADLINE = MethodHandles.lookup().findVarHandle(ContextFence.class, "deadline", long.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  private final FenceContext context;
  private final long seqno;
  private final long madeAt;

  // Links in the context's list of pending fences; guarded by the context's monitor.
  ContextFence previous;
  ContextFence next;
  boolean linked = true;

  // Only while the context completes several at a time: who is to be told of this one, and the
  // fence that completes after it.
  Object toTell;
  ContextFence tellNext;

  @SuppressWarnings("UnusedVariable") // through DEADLINE
  private volatile long deadline = NO_DEADLINE;

  ContextFence(FenceContext context, long seqno) {
    this.context = context;
    this.seqno = seqno;
    this.madeAt = context.contexts().madeAt();
  }

  FenceContext context() {
    return context;
  }

  @Override
  public OptionalLong madeAt() {
    return madeAt == NEVER ? OptionalLong.empty() : OptionalLong.of(madeAt);
  }

  @Override
  public FenceKind kind() {
    return context.kind();
  }

  @Override
  public long contextId() {
    return context.id();
  }

  @Override
  public long seqno() {
    return seqno;
  }

  @Override
  public String driverName() {
    return context.driverName();
  }

  @Override
  public String timelineName() {
    return context.timelineName();
  }

  @Override
  public void setDeadline(long nanos) {
    if (isSignaled()) {
      return;
    }
    long now = (long) DEADLINE.getVolatile(this);
    while (nanos < now && !DEADLINE.compareAndSet(this, now, nanos)) {
      now = (long) DEADLINE.getVolatile(this);
    }
  }

  @Override
  public OptionalLong deadline() {
    long now = (long) DEADLINE.getVolatile(this);
    return now == NO_DEADLINE ? OptionalLong.empty() : OptionalLong.of(now);
  }

  @Override
  FenceContexts contexts() {
    return context.contexts();
  }
}
