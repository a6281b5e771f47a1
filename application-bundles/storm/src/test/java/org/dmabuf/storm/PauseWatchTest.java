package org.dmabuf.storm;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmabuf.ManualClock;
import org.dmabuf.pipeline.PipelineStatus;
import org.junit.jupiter.api.Test;

class PauseWatchTest {
  private static final long MILLI = 1_000_000;
  private static final int BUFFERS = 2;

  private final ManualClock clock = new ManualClock();
  private final Pauses pauses = new Pauses();
  private final PauseWatch watch = new PauseWatch("storm-0", clock, pauses, BUFFERS);
  private long frames;

  private void frameAfter(long millis) {
    clock.advance(millis * MILLI);
    watch.displayed(++frames, clock.nanos());
  }

  @Test
  void shouldCountTheLongestGapUntilFramesOfTheSubstituteHaveCome() {
    frameAfter(16);
    watch.begin("1 swap", true);
    frameAfter(20);
    watch.done();
    frameAfter(120);
    frameAfter(16);
    assertThat(pauses.count()).isZero();
    frameAfter(16);
    assertThat(pauses.count()).isEqualTo(1);
    assertThat(pauses.maxMillis()).isEqualTo(120);
    frameAfter(500);
    assertThat(pauses.maxMillis()).isEqualTo(120);
  }

  @Test
  void shouldCountNothingWithoutASubstitute() {
    watch.begin("2 stop", false);
    watch.done();
    for (int i = 0; i < 10; i++) {
      frameAfter(900);
    }
    assertThat(pauses.count()).isZero();
  }

  @Test
  void shouldCountWhatWasUntilTheNextActionBegins() {
    watch.begin("1 swap", true);
    watch.done();
    frameAfter(30);
    clock.advance(70 * MILLI);
    watch.begin("2 stop", false);
    assertThat(pauses.count()).isEqualTo(1);
    assertThat(pauses.maxMillis()).isEqualTo(70);
    frameAfter(900);
    assertThat(pauses.maxMillis()).isEqualTo(70);
  }

  @Test
  void shouldTellOfTheFirstFrame() throws InterruptedException {
    assertThat(watch.awaitFrame(0)).isFalse();
    frameAfter(16);
    assertThat(watch.awaitFrame(0)).isTrue();
  }

  @Test
  void shouldTellOfTheEnd() throws InterruptedException {
    assertThat(watch.awaitOver(0)).isFalse();
    watch.changed(new PipelineStatus(PipelineStatus.State.ENDED, ""));
    assertThat(watch.awaitOver(0)).isTrue();
    assertThat(watch.frames()).isZero();
  }
}
