package org.dmabuf.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the replay of a trace is worth: of every operation with every outcome that the trace has,
 * one answer is altered in every way, and the replay must report exactly that step.
 */
final class AlterationTest {
  /** Where one step stands. */
  private record Place(Scenario scenario, int index) {
    Step step() {
      return scenario.steps().get(index);
    }

    Scenario with(Answer altered) {
      List<Step> steps = new ArrayList<>(scenario.steps());
      Step step = step();
      steps.set(index, new Step(step.number(), step.operation(), step.arguments(), altered));
      return new Scenario(scenario.name(), steps);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "alloc",
        "fd",
        "fd-fence",
        "fence",
        "syncobj",
        "fd-gem",
        "fence-gem",
        "prime",
        "vgemfence",
        "v4l2",
        "mixed"
      })
  void shouldReportExactlyTheStepThatWasAltered(String family) throws IOException {
    Map<String, Place> places = places(Traces.read(family));
    assertThat(places).hasSizeGreaterThan(20);
    try (Rig rig = new Rig()) {
      for (Map.Entry<String, Place> pair : places.entrySet()) {
        Step step = pair.getValue().step();
        for (Answer altered : alterations(step.recorded())) {
          List<Disagreement> told = rig.replay(family, pair.getValue().with(altered));
          assertThat(told).as("%s altered to %s", pair.getKey(), altered).hasSize(1);
          assertThat(told.getFirst().step().number()).isEqualTo(step.number());
          assertThat(told.getFirst().step().recorded()).isEqualTo(altered);
          assertThat(told.getFirst().answer()).isEqualTo(step.recorded());
        }
      }
    }
  }

  /** The first step of each operation with each outcome. */
  private static Map<String, Place> places(Trace trace) {
    Map<String, Place> places = new TreeMap<>();
    for (Scenario scenario : trace.scenarios()) {
      for (int i = 0; i < scenario.steps().size(); i++) {
        Step step = scenario.steps().get(i);
        places.putIfAbsent(
            step.operation() + " " + outcome(step.recorded()), new Place(scenario, i));
      }
    }
    return places;
  }

  /** Which error or signal; of a success, which keys were observed. */
  private static String outcome(Answer answer) {
    return answer.isOk() ? answer.keys().keySet().toString() : answer.keys().toString();
  }

  /** One key more, each key less, and each key with another value. */
  private static List<Answer> alterations(Answer answer) {
    List<Answer> altered = new ArrayList<>();
    altered.add(answer.with("extra", 1));
    for (String key : answer.keys().keySet()) {
      altered.add(answer.with(key, other(answer.keys().get(key))));
      Map<String, Object> less = new LinkedHashMap<>(answer.keys());
      less.remove(key);
      altered.add(Answer.of(less));
    }
    return altered;
  }

  /** A value that is nearly the same. */
  private static Object other(Object value) {
    return switch (value) {
      case Boolean truth -> !truth;
      case Long number -> number + 1;
      case List<?> list -> list.isEmpty() ? List.of("IN") : list.subList(1, list.size());
      default -> value + "X";
    };
  }
}
