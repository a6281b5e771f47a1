package org.dmabuf.pipeline.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.dmabuf.ManualClock;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class DoorbellTest {
  private final ManualClock clock = new ManualClock();
  private final Doorbell doorbell = new Doorbell(clock);

  @Test
  void remembersARingUntilItIsAwaited() {
    doorbell.ring();
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(10), () -> doorbell.awaitUntil(Long.MAX_VALUE));
  }

  @Test
  void wakesByRingAndByTime() throws InterruptedException {
    Thread waiter =
        Thread.ofPlatform()
            .start(
                () -> {
                  doorbell.awaitUntil(clock.nanos() + 1_000);
                  doorbell.awaitUntil(clock.nanos() + 1_000_000);
                });
    clock.awaitScheduled(1);
    clock.advance(1_000);
    clock.awaitScheduled(1);
    doorbell.ring();
    waiter.join(10_000);
    assertThat(waiter.isAlive()).isFalse();
  }

  @Test
  void boundsAWaitOnlyWhileItIsTheSame() {
    Watchdog watchdog = new Watchdog();
    assertThat(watchdog.isOverdue(0, 100)).isFalse();
    watchdog.on("display", 100);
    watchdog.on("display", 150);
    assertThat(watchdog.isOverdue(100, 199)).isFalse();
    assertThat(watchdog.isOverdue(100, 200)).isTrue();
    watchdog.on("capture device", 200);
    assertThat(watchdog.isOverdue(100, 250)).isFalse();
    watchdog.quiet();
    assertThat(watchdog.isOverdue(0, 1_000)).isFalse();
  }
}
