package org.dmabuf.sync;

import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.dmabuf.Framework;
import org.dmabuf.Threads;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;

/** Sync objects with a device's fences, and threads that wait for them. */
final class SyncObjWaits implements AutoCloseable {
  static final Duration LONG = Duration.ofDays(1);
  static final Set<SyncWaitFlag> ANY = Set.of();
  static final Set<SyncWaitFlag> ALL = Set.of(SyncWaitFlag.ALL);
  static final Set<SyncWaitFlag> SUBMIT = Set.of(SyncWaitFlag.FOR_SUBMIT);
  static final Set<SyncWaitFlag> ALL_SUBMIT = Set.of(SyncWaitFlag.ALL, SyncWaitFlag.FOR_SUBMIT);

  final FenceContext context;
  private final Framework framework;

  SyncObjWaits(Framework framework) {
    this.framework = framework;
    this.context = framework.contexts().open("device", "ring");
  }

  SyncObj object() {
    return new SyncObj(framework.contexts());
  }

  DmaFence submitted(PointKind kind, SyncObj object) {
    DmaFence fence = context.create();
    kind.submit(object, fence);
    return fence;
  }

  /** What a wait says that gives up at once. */
  static OptionalInt look(Set<SyncWaitFlag> flags, List<SyncPoint> points) {
    return SyncWait.await(points, flags, Duration.ZERO, OptionalLong.empty());
  }

  /** A thread that waits, and is seen to. */
  static Threads.Running<OptionalInt> waiter(Set<SyncWaitFlag> flags, SyncPoint... points) {
    Threads.Running<OptionalInt> running =
        Threads.start(() -> SyncWait.await(List.of(points), flags, LONG, OptionalLong.empty()));
    running.awaitBlockedOn(points[0].object());
    return running;
  }

  @Override
  public void close() {
    context.close();
  }
}
