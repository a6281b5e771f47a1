package org.dmabuf.storm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;

class PausesTest {
  private static final long MILLI = 1_000_000;
  private static final double STEP = 0.1001;

  private final Pauses pauses = new Pauses();

  @Test
  void shouldTellWhatSoManyPercentDidNotExceed() {
    for (int millis = 1; millis <= 200; millis++) {
      pauses.add(millis * MILLI);
    }
    assertThat(pauses.count()).isEqualTo(200);
    assertThat(pauses.percentile(50)).isCloseTo(100, within(STEP));
    assertThat(pauses.percentile(99)).isCloseTo(198, within(STEP));
    assertThat(pauses.percentile(100)).isCloseTo(200, within(STEP));
    assertThat(pauses.maxMillis()).isEqualTo(200);
  }

  @Test
  void shouldKnowTheLongestOfAllAlsoBeyondItsScale() {
    pauses.add(10 * MILLI);
    pauses.add(90_000 * MILLI);
    assertThat(pauses.maxMillis()).isEqualTo(90_000);
    assertThat(pauses.percentile(50)).isCloseTo(10, within(STEP));
    assertThat(pauses.percentile(99)).isGreaterThanOrEqualTo(20_000);
  }

  @Test
  void shouldBeZeroWithoutAny() {
    assertThat(pauses.asMap()).isEqualTo(Map.of("p50", 0.0, "p99", 0.0, "max", 0.0));
  }
}
