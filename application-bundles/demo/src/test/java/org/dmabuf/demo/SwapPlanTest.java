package org.dmabuf.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SwapPlanTest {
  private static final OptionalLong ALL = OptionalLong.of(300);

  @Test
  void swapsAllThreeOnceByDefault() {
    assertThat(SwapPlan.of(Optional.empty(), ALL).swaps())
        .containsExactly(
            new SwapPlan.Swap(Role.EXPORTER, 100),
            new SwapPlan.Swap(Role.CAPTURE, 200),
            new SwapPlan.Swap(Role.DISPLAY, 250));
  }

  @Test
  void defaultSwapsFitEveryLength() {
    for (long frames = 2; frames < 100; frames++) {
      long all = frames;
      assertThat(SwapPlan.of(Optional.empty(), OptionalLong.of(frames)).swaps())
          .hasSize(3)
          .allSatisfy(swap -> assertThat(swap.frame()).isBetween(1L, all - 1));
    }
    assertThat(SwapPlan.of(Optional.empty(), OptionalLong.of(1)).swaps()).isEmpty();
    assertThat(SwapPlan.of(Optional.empty(), OptionalLong.empty()).swaps()).isEmpty();
  }

  @Test
  void readsAndSortsWhatIsAsked() {
    assertThat(SwapPlan.of(Optional.of("display@250, capture@20,display@9"), ALL).swaps())
        .containsExactly(
            new SwapPlan.Swap(Role.DISPLAY, 9),
            new SwapPlan.Swap(Role.CAPTURE, 20),
            new SwapPlan.Swap(Role.DISPLAY, 250));
    assertThat(SwapPlan.of(Optional.of("none"), ALL).swaps()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "printer@1",
        "capture",
        "capture@",
        "capture@x",
        "capture@0",
        "capture@300",
        "capture@-4",
        ""
      })
  void refusesWhatCannotBe(String text) {
    assertThatExceptionOfType(BadInput.class)
        .isThrownBy(() -> SwapPlan.of(Optional.of(text), ALL))
        .satisfies(refused -> assertThat(refused.getMessage()).endsWith("."));
  }
}
