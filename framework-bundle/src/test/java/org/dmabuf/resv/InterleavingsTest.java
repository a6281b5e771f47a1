package org.dmabuf.resv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import org.dmabuf.seam.Interleavings;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each pair of operations in every order of its steps, with at most so many turns taken away; and
 * in orders chosen by seed. {@code -Ddmabuf.seeds} says how many.
 */
class InterleavingsTest {
  private static final int SEEDS = Integer.getInteger("dmabuf.seeds", 200);
  private static final int PREEMPTIONS = Integer.getInteger("dmabuf.preemptions", 2);

  @ParameterizedTest
  @EnumSource
  void isRightInWhateverOrder(PairOfOperations pair) throws Exception {
    if (!EnumSet.of(
            PairOfOperations.THREE_LOCK,
            PairOfOperations.RING_WAIT_DIE,
            PairOfOperations.RING_WOUND_WAIT)
        .contains(pair)) {
      int schedules = Interleavings.exhaust(PREEMPTIONS, 100_000, pair);
      assertThat(schedules).isGreaterThan(1);
    }
    Interleavings.sample(1, SEEDS, pair);
  }
}
