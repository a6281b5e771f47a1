package org.dmabuf.video.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** When frames are due. */
final class PaceTest {
  @Test
  void missedPeriodsAreNotMadeUpFor() {
    Pace pace = new Pace();
    assertThat(pace.next(1000, 100)).isEqualTo(1000);
    assertThat(pace.next(1010, 100)).isEqualTo(1100);
    assertThat(pace.next(1250, 100)).as("late, but in its period").isEqualTo(1200);
    assertThat(pace.next(1730, 100)).as("4 are missed").isEqualTo(1700);
    assertThat(pace.next(1731, 100)).isEqualTo(1800);
    assertThat(pace.next(1731, 0)).as("free").isEqualTo(1731);
  }
}
