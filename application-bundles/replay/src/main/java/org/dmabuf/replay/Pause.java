package org.dmabuf.replay;

import java.time.Duration;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaClock;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;

/**
 * The time that the recorder let pass, by the product's clock.
 *
 * <p>Used by one thread.
 */
final class Pause {
  /** As long after a flip the recorder did not wait for a vblank before the next. */
  private static final Duration SHORT = Duration.ofMillis(50);

  private final DmaBufRegistry registry;
  private long until;
  private boolean begun;

  Pause(DmaBufRegistry registry) {
    this.registry = registry;
  }

  /** A flip has succeeded. */
  void begin() {
    begun = true;
    until = registry.clock().nanos() + SHORT.toNanos();
  }

  /** Returns whether no flip has succeeded shortly before. */
  boolean isOver() {
    return !begun || registry.clock().nanos() - until >= 0;
  }

  /** Lets time pass, by a wait for a fence, at which the caller's clock is turned. */
  void pass(Duration time) {
    DmaClock clock = registry.clock();
    try (FenceContext context = registry.fenceContext("replay", "pause")) {
      DmaFence over = context.create();
      DmaClock.Timer timer =
          clock.schedule(clock.nanos() + time.toNanos(), () -> context.signal(over));
      over.await();
      timer.cancel();
    }
  }
}
