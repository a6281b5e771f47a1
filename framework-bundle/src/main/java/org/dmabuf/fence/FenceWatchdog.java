package org.dmabuf.fence;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.dmabuf.DmaClock;
import org.dmabuf.Errno;
import org.dmabuf.seam.Seam;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Completes what a device has not, after a time, with ETIMEDOUT, and says whose it was.
 *
 * <pre>
 *   IDLE --a fence is made--> ARMED (one timer for the whole context, for its oldest pending fence)
 *   ARMED --timer, some are pending--> ARMED        --timer, none is--> IDLE
 *   any --end()--> ENDED
 * </pre>
 *
 * <p>A fence that completes in time costs nothing: its timer finds it done. Thread-safe.
 */
final class FenceWatchdog {
  private static final Logger LOG = LoggerFactory.getLogger(FenceWatchdog.class);

  private enum State {
    IDLE,
    ARMED,
    ENDED
  }

  private final DriverLine line;
  private final Duration limit;
  private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);
  private volatile DmaClock.Timer timer = () -> {};

  FenceWatchdog(DriverLine line, Duration limit) {
    this.line = line;
    this.limit = limit;
  }

  /** After it has been added to its line. */
  void made() {
    Seam.step();
    if (state.get() == State.IDLE && state.compareAndSet(State.IDLE, State.ARMED)) {
      rest();
    }
  }

  void end() {
    Seam.step();
    state.set(State.ENDED);
    Seam.step();
    timer.cancel();
  }

  private void fire() {
    long now = clock().nanos();
    List<DriverFence> overdue = new ArrayList<>();
    line.eachPending(
        fence -> {
          if (now - dueAt(fence) >= 0) {
            overdue.addFirst(fence);
          }
        });
    for (DriverFence fence : overdue) {
      String whose = fence.describe();
      if (line.complete(fence, Errno.ETIMEDOUT, now)) {
        LOG.error("{} hung: {} was pending for more than {}; ETIMEDOUT", line, whose, limit);
      }
    }
    rest();
  }

  /** Waits for the oldest that is pending, or rests. */
  private void rest() {
    while (true) {
      DriverFence oldest = oldest();
      if (oldest != null) {
        schedule(dueAt(oldest));
        return;
      }
      // A fence that is made between the look and this finds ARMED and relies on the timer: so
      // another look follows.
      Seam.step();
      if (!state.compareAndSet(State.ARMED, State.IDLE) || oldest() == null) {
        return;
      }
      Seam.step();
      if (!state.compareAndSet(State.IDLE, State.ARMED)) {
        return;
      }
    }
  }

  private DriverFence oldest() {
    DriverFence[] found = {null};
    line.eachPending(
        fence -> {
          if (found[0] == null || dueAt(fence) - dueAt(found[0]) <= 0) {
            found[0] = fence;
          }
        });
    return found[0];
  }

  private long dueAt(DriverFence fence) {
    return fence.madeAt().orElseThrow() + limit.toNanos();
  }

  private void schedule(long at) {
    timer = clock().schedule(at, this::fire);
    Seam.step();
    // One that ended meanwhile may have cancelled the timer from before only.
    if (state.get() == State.ENDED) {
      timer.cancel();
    }
  }

  private DmaClock clock() {
    return line.owner().clock();
  }
}
