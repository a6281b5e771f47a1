package org.dmabuf.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ResultTest {
  private final Pair pair = Pair.ALL.getFirst();

  private static List<Sample> samples(double... nanos) {
    List<Sample> samples = new ArrayList<>();
    for (double one : nanos) {
      samples.add(new Sample(one, one / 10));
    }
    return samples;
  }

  @Test
  void mediansAreOfForksAndTheRatioIsForkByFork() {
    Result result =
        Result.of(pair, samples(10, 20, 30, 40, 50, 60, 70), samples(10, 10, 10, 10, 10, 10, 10));
    assertThat(result.name()).isEqualTo("ref-get-put");
    assertThat(result.oursNs()).isEqualTo(40);
    assertThat(result.peerNs()).isEqualTo(10);
    assertThat(result.ratio()).isEqualTo(4);
    assertThat(result.low()).isEqualTo(1);
    assertThat(result.high()).isEqualTo(7);
    assertThat(result.oursBytes()).isEqualTo(4);
  }

  @Test
  void whatElseWasMeasuredOfOursIsBesideIt() {
    List<Sample> ours = new ArrayList<>();
    for (double pause : new double[] {7, 1, 3, 2, 9, 8}) {
      ours.add(new Sample(10, 1, Map.of("pause_ms", pause)));
    }
    Result result = Result.of(pair, ours, samples(1, 1, 1, 1, 1, 1));
    assertThat(result.beside()).containsOnly(Map.entry("pause_ms", 5.0));
    assertThat(Result.of(pair, samples(1, 1, 1, 1, 1, 1), ours).beside()).isEmpty();
  }

  @Test
  void evenNumbersOfForksHaveTheirMedianBetweenTwo() {
    Result result = Result.of(pair, samples(1, 2, 3, 4, 5, 6), samples(1, 1, 1, 1, 1, 1));
    assertThat(result.ratio()).isEqualTo(3.5);
  }

  @Test
  void tooFewForksGiveNoInterval() {
    assertThatThrownBy(() -> Result.of(pair, samples(1, 2, 3), samples(1, 2, 3)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> Result.of(pair, samples(1, 2, 3, 4, 5, 6), samples(1, 2, 3, 4, 5, 6, 7)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void intervalHoldsTheTrueMedianInNinetyFiveOfAHundredRuns() {
    Random random = new Random(42);
    for (int forks : new int[] {6, 7, 9, 12, 15}) {
      int cut = Result.cut(forks);
      int held = 0;
      int runs = 20_000;
      for (int run = 0; run < runs; run++) {
        List<Double> values = new ArrayList<>();
        for (int i = 0; i < forks; i++) {
          values.add(random.nextGaussian());
        }
        Collections.sort(values);
        if (values.get(cut) <= 0 && values.get(forks - 1 - cut) >= 0) {
          held++;
        }
      }
      assertThat(held / (double) runs).as("%d forks", forks).isGreaterThan(0.945);
    }
    assertThat(Result.cut(7)).isZero();
    assertThat(Result.cut(9)).isEqualTo(1);
    assertThat(Result.cut(15)).as("two more could go, but not three").isCloseTo(3, within(0));
  }
}
