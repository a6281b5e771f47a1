package org.dmabuf.fence;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.dmabuf.seam.Seam;

/**
 * A fence that only stands for others. As long as nobody waits for it those know nothing of it.
 *
 * <pre>
 *   IDLE --first callback or wait--> ENABLED   it listens to the fences that it stands for
 * </pre>
 */
abstract sealed class ContainerFence extends DmaFence permits FenceArray, FenceChain {
  private enum Phase {
    IDLE,
    ENABLED
  }

  private static final String TIMELINE_NAME = "unbound";
  private static final VarHandle PHASE;

  static {
    try {
      PHASE = MethodHandles.lookup().findVarHandle(ContainerFence.class, "phase", Phase.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  private final FenceContexts contexts;
  private final FenceKind kind;
  private final String driverName;
  private final long contextId;
  private final long seqno;

  @SuppressWarnings("UnusedVariable") // through PHASE
  private volatile Phase phase = Phase.IDLE;

  ContainerFence(
      FenceContexts contexts, FenceKind kind, String driverName, long contextId, long seqno) {
    this.contexts = contexts;
    this.kind = kind;
    this.driverName = driverName;
    this.contextId = contextId;
    this.seqno = seqno;
  }

  @Override
  public final FenceKind kind() {
    return kind;
  }

  @Override
  public final long contextId() {
    return contextId;
  }

  @Override
  public final long seqno() {
    return seqno;
  }

  @Override
  public final String driverName() {
    return driverName;
  }

  @Override
  public final String timelineName() {
    return TIMELINE_NAME;
  }

  @Override
  public final void enableSignaling() {
    Seam.step();
    if (PHASE.compareAndSet(this, Phase.IDLE, Phase.ENABLED)) {
      listen();
    }
  }

  @Override
  final FenceContexts contexts() {
    return contexts;
  }

  /** Whether it listens, or is about to. */
  final boolean isEnabled() {
    Seam.step();
    return PHASE.getVolatile(this) == Phase.ENABLED;
  }

  /** Puts callbacks on what it stands for, or completes when nothing of that is pending. */
  abstract void listen();
}
