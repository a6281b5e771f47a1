package org.dmabuf.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmabuf.ManualClock;
import org.dmabuf.pipeline.PipelineStatus;
import org.junit.jupiter.api.Test;

class MonitorTest {
  private final ManualClock clock = new ManualClock();
  private final Monitor monitor = new Monitor(clock);

  @Test
  void findsTheLongestGapOfEachPauseUntilItsEnd() {
    long start = clock.nanos();
    monitor.displayed(1, start + 500_000_000);
    Monitor.Pause first = monitor.beginPause();
    monitor.displayed(2, start + 510_000_000);
    Monitor.Pause second = monitor.beginPause();
    monitor.displayed(3, start + 640_000_000);
    first.endAt(3);
    monitor.displayed(4, start + 840_000_000);
    assertThat(first.millis()).isEqualTo(130.0);
    assertThat(second.millis()).isEqualTo(200.0);
    assertThat(monitor.displayed()).isEqualTo(4);
  }

  @Test
  void awaitsAFrameOrTheEndOrATime() throws InterruptedException {
    monitor.displayed(5, clock.nanos());
    assertThat(monitor.await(5, 0)).isTrue();
    assertThat(monitor.await(6, 0)).isFalse();
    monitor.changed(new PipelineStatus(PipelineStatus.State.FAILED, "broken"));
    assertThat(monitor.await(6, 0)).isTrue();
  }
}
