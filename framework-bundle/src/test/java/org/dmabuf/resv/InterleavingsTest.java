package org.dmabuf.resv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import org.dmabuf.seam.Interleavings;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Operations on ww-mutexes, reservations and reference counts, each pair in every order of its
 * steps and three by seed, as far as {@link Interleavings} says.
 */
class InterleavingsTest {
  private static final EnumSet<PairOfOperations> THREE =
      EnumSet.of(
          PairOfOperations.THREE_LOCK,
          PairOfOperations.RING_WAIT_DIE,
          PairOfOperations.RING_WOUND_WAIT);

  @ParameterizedTest
  @EnumSource
  void isRightInWhateverOrder(PairOfOperations pair) throws Exception {
    if (THREE.contains(pair)) {
      Interleavings.sample(1, 200, pair);
    } else {
      assertThat(Interleavings.check(pair).schedules()).isGreaterThan(1);
    }
  }
}
