package org.dmabuf.resv;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmabuf.seam.Interleavings;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Operations on ww-mutexes and reservations, in every order of their steps; three by seed. */
class InterleavingsTest {
  @ParameterizedTest
  @EnumSource
  void mutexIsRight(MutexPair pair) throws Exception {
    if (pair.compareTo(MutexPair.THREE_LOCK) >= 0) {
      Interleavings.sample(1, 200, pair);
    } else {
      assertThat(Interleavings.check(pair).schedules()).isGreaterThan(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void reservationIsRight(ReservationPair pair) throws Exception {
    assertThat(Interleavings.check(pair).schedules()).isGreaterThan(1);
  }
}
