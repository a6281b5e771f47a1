package org.dmabuf.pipeline.internal;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.junit.jupiter.api.Test;

class RefusalsTest {
  private static final long BOUND = 1_000_000_000L;

  private final DmaBufException busy = new DmaBufException(Errno.EBUSY, "Not now");
  private final Refusals refusals = new Refusals("test", BOUND);

  @Test
  void shouldAskAgainSoonWhatIsRefusedForNow() {
    assertThat(refusals.waitNanos(BOUND)).isEqualTo(BOUND);
    assertThat(refusals.isAgain(busy, 5)).isTrue();
    assertThat(refusals.waitNanos(BOUND)).isLessThan(BOUND).isPositive();
    assertThat(refusals.waitNanos(1)).isEqualTo(1);
  }

  @Test
  void shouldGiveUpWhatIsRefusedForTooLong() {
    assertThat(refusals.isAgain(busy, 5)).isTrue();
    assertThat(refusals.isAgain(busy, 4 + BOUND)).isTrue();
    assertThat(refusals.isAgain(busy, 5 + BOUND)).isFalse();
  }

  @Test
  void shouldAskAgainAsSoonOnceItHasToldOfIt() {
    Refusals patient = new Refusals("test", 10 * BOUND);
    assertThat(patient.isAgain(busy, 5)).isTrue();
    assertThat(patient.isAgain(busy, 5 + 2 * BOUND)).isTrue();
    assertThat(patient.waitNanos(BOUND)).isLessThan(BOUND).isPositive();
    assertThat(patient.isAgain(busy, 4 + 10 * BOUND)).isTrue();
    assertThat(patient.isAgain(busy, 5 + 10 * BOUND)).isFalse();
  }

  @Test
  void shouldBeginAnewAfterAWholeRound() {
    assertThat(refusals.isAgain(busy, 5)).isTrue();
    refusals.none();
    assertThat(refusals.waitNanos(BOUND)).isEqualTo(BOUND);
    assertThat(refusals.isAgain(busy, 5 + BOUND)).isTrue();
  }

  @Test
  void shouldNotAskAgainWhatIsWrong() {
    DmaBufException wrong = new DmaBufException(Errno.EINVAL, "No such format");
    assertThat(refusals.isAgain(wrong, 5)).isFalse();
    assertThat(refusals.waitNanos(BOUND)).isEqualTo(BOUND);
  }
}
