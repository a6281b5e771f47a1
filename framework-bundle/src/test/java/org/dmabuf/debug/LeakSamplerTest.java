package org.dmabuf.debug;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.util.BitSet;
import org.dmabuf.Errno;
import org.junit.jupiter.api.Test;

class LeakSamplerTest {
  private static final int TAKEN = 100_000;

  @Test
  void sameSeedChoosesTheSameThings() {
    assertThat(chosen(LeakOptions.sampled(16, 7))).isEqualTo(chosen(LeakOptions.sampled(16, 7)));
    assertThat(chosen(LeakOptions.sampled(16, 7))).isNotEqualTo(chosen(LeakOptions.sampled(16, 8)));
  }

  @Test
  void intervalIsKeptOnAverage() {
    for (int interval : new int[] {1, 2, 16, 128}) {
      double expected = (double) TAKEN / interval;
      assertThat((double) chosen(LeakOptions.sampled(interval, 42)).cardinality())
          .as("one in %d", interval)
          .isBetween(expected * 0.8, expected * 1.2);
    }
  }

  /** Things are taken in rounds of the same steps: a fixed stride would always meet one step. */
  @Test
  void everyStepOfARoundIsChosenNowAndThen() {
    BitSet chosen = chosen(LeakOptions.sampled(8, 1));
    for (int step = 0; step < 8; step++) {
      int of = step;
      assertThat(chosen.stream().filter(number -> number % 8 == of)).as("step %d", of).isNotEmpty();
    }
  }

  @Test
  void othersAreAllOrNone() {
    assertThat(chosen(LeakOptions.ALL).cardinality()).isEqualTo(TAKEN);
    assertThat(chosen(LeakOptions.OFF).cardinality()).isZero();
  }

  @Test
  void intervalBelowOneIsRefused() {
    assertErrno(Errno.EINVAL, () -> LeakOptions.sampled(0, 1));
  }

  private static BitSet chosen(LeakOptions options) {
    LeakSampler sampler = new LeakSampler(options);
    BitSet chosen = new BitSet();
    for (int i = 0; i < TAKEN; i++) {
      chosen.set(i, sampler.chooses());
    }
    return chosen;
  }
}
