package org.dmabuf.fence;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.DmaClock;
import org.dmabuf.Errno;
import org.dmabuf.LogRecorder;
import org.dmabuf.ManualClock;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One timer for a context, whatever is pending on it. */
class FenceWatchdogTest {
  private static final long LIMIT = 1_000;

  /** Counts what waits on it. */
  private static final class CountedClock implements DmaClock {
    private final ManualClock clock = new ManualClock();
    private int set;
    private int taken; // cancelled, or rung

    @Override
    public long nanos() {
      return clock.nanos();
    }

    @Override
    public Timer schedule(long atNanos, Runnable task) {
      set++;
      boolean[] over = {false};
      Timer timer =
          clock.schedule(
              atNanos,
              () -> {
                over(over);
                task.run();
              });
      return () -> {
        over(over);
        timer.cancel();
      };
    }

    private void over(boolean[] over) {
      taken += over[0] ? 0 : 1;
      over[0] = true;
    }

    int waiting() {
      return set - taken;
    }
  }

  private final CountedClock clock = new CountedClock();
  private final List<DmaFence> completed = new ArrayList<>();
  private FenceContext context;

  @BeforeEach
  void open() {
    LogRecorder.clear();
    context =
        new FenceContexts(clock)
            .open(
                FenceContextInfo.of("driver", "line").withTimeout(Duration.ofNanos(LIMIT)),
                () -> {});
  }

  private DmaFence fence() {
    DmaFence fence = context.create();
    assertThat(fence.addCallback(new FenceCallback(completed::add, closed -> {}))).isTrue();
    return fence;
  }

  private static void assertTimedOut(DmaFence fence) {
    assertThat(fence.status()).as("status of %s", fence).isEqualTo(-Errno.ETIMEDOUT.number());
  }

  @Test
  void eachHasItsOwnTime() {
    DmaFence first = fence();
    clock.clock.advance(LIMIT / 4);
    DmaFence second = fence();
    clock.clock.advance(LIMIT / 4);
    DmaFence third = fence();
    assertThat(clock.waiting()).isEqualTo(1);
    clock.clock.advance(LIMIT / 2 - 1);
    assertThat(completed).isEmpty();
    clock.clock.advance(1);
    assertThat(completed).containsExactly(first);
    assertTimedOut(first);
    assertThat(clock.waiting()).isEqualTo(1);
    clock.clock.advance(LIMIT / 4);
    assertThat(completed).containsExactly(first, second);
    assertTimedOut(second);
    assertThat(third.isComplete()).isFalse();
    clock.clock.advance(LIMIT / 4);
    assertTimedOut(third);
    assertThat(clock.waiting()).as("nothing is pending").isZero();
  }

  @Test
  void thoseOfOneTimeCompleteInTheirOrder() {
    DmaFence first = fence();
    DmaFence second = fence();
    clock.clock.advance(LIMIT);
    assertThat(completed).containsExactly(first, second);
    assertThat(LogRecorder.lines())
        .filteredOn(line -> line.contains("ERROR") && line.contains("hung"))
        .hasSize(2)
        .allMatch(line -> line.contains("driver line") && line.contains("PT0.000001S"));
  }

  @Test
  void oneThatIsInTimeLeavesTheNextItsOwn() {
    DmaFence first = fence();
    clock.clock.advance(LIMIT - 1);
    DmaFence second = fence();
    assertThat(context.signal(first)).isTrue();
    clock.clock.advance(LIMIT - 1);
    assertThat(second.isComplete()).isFalse();
    clock.clock.advance(1);
    assertTimedOut(second);
    assertThat(first.status()).isEqualTo(1);
  }

  @Test
  void restsUntilThereIsAnotherOne() {
    assertThat(context.signal(fence())).isTrue();
    clock.clock.advance(LIMIT);
    assertThat(clock.waiting()).isZero();
    DmaFence next = fence();
    assertThat(clock.waiting()).isEqualTo(1);
    clock.clock.advance(LIMIT);
    assertTimedOut(next);
  }

  @Test
  void itsTimerEndsWithTheContext() {
    DmaFence fence = fence();
    assertThat(clock.waiting()).isEqualTo(1);
    context.close();
    assertThat(clock.waiting()).isZero();
    assertThat(fence.status()).isEqualTo(-Errno.ECANCELED.number());
    clock.clock.advance(LIMIT);
    assertThat(completed).containsExactly(fence);
  }
}
