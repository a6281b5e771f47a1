package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CallGateTest {
  private final ManualClock clock = new ManualClock();
  private final CallGate gate = new CallGate();

  @Test
  void closedGateLetsNobodyIn() {
    assertThat(gate.enter("call")).isTrue();
    assertThat(gate.isInside()).isTrue();
    gate.exit();
    assertThat(gate.closeAndDrain(clock, 1)).isTrue();
    assertThat(gate.enter("call")).isFalse();
    assertThat(gate.isInside()).isFalse();
  }

  @Test
  void drainEndsWithTheLastCallOrItsBound() throws Exception {
    assertThat(gate.enter("call")).isTrue();
    Threads.Running<Boolean> closer = Threads.start(() -> gate.closeAndDrain(clock, 10));
    clock.awaitScheduled(1);
    closer.awaitBlocked();
    gate.exit();
    assertThat(closer.join()).isTrue();
    CallGate stuck = new CallGate();
    assertThat(stuck.enter("call")).isTrue();
    Threads.Running<Boolean> bounded = Threads.start(() -> stuck.closeAndDrain(clock, 10));
    clock.awaitScheduled(1);
    bounded.awaitBlocked();
    clock.advance(10);
    assertThat(bounded.join()).isFalse();
    stuck.exit();
  }

  @Test
  void interruptDoesNotCutTheDrainShortAndIsKept() throws Exception {
    assertThat(gate.enter("call")).isTrue();
    Threads.Running<Boolean> closer =
        Threads.start(() -> gate.closeAndDrain(clock, 10) && Thread.interrupted());
    clock.awaitScheduled(1);
    closer.awaitBlocked();
    closer.thread().interrupt();
    closer.awaitBlockedOn(gate);
    gate.exit();
    assertThat(closer.join()).as("drained, and still interrupted").isTrue();
  }

  @Test
  void closeFromWithinDoesNotWaitForItsOwnCalls() throws Exception {
    assertThat(gate.enter("call")).isTrue();
    assertThat(gate.enter("call")).isTrue();
    assertThat(gate.closeAndDrain(clock, 1)).isTrue();
    gate.exit();
    gate.exit();
    assertThat(gate.isInside()).isFalse();
  }

  @Test
  void noCallIsInsideOnceItIsDrained() throws Exception {
    for (int round = 0; round < 100; round++) {
      CallGate tried = new CallGate();
      AtomicBoolean drained = new AtomicBoolean();
      AtomicInteger entered = new AtomicInteger();
      Threads.together(
          3,
          number -> {
            if (number == 0) {
              while (entered.get() == 0) {
                Thread.onSpinWait();
              }
              assertThat(tried.closeAndDrain(clock, 1_000)).isTrue();
              drained.set(true);
            } else {
              while (tried.enter("call")) {
                entered.incrementAndGet();
                assertThat(drained.get()).isFalse();
                tried.exit();
              }
            }
          });
    }
  }
}
