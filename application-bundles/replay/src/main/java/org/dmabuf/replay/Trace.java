package org.dmabuf.replay;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A file of recorded scenarios.
 *
 * @param family the file's name without its ending
 * @param scenarios in the order of their first steps
 */
record Trace(String family, List<Scenario> scenarios) {
  Trace {
    scenarios = List.copyOf(scenarios);
  }

  /**
   * Reads a trace as a reader of JSON gives it: one map for each line.
   *
   * @throws IllegalArgumentException when a line is no step
   */
  static Trace of(String family, List<?> lines) {
    Map<String, List<Step>> scripts = new LinkedHashMap<>();
    for (Object line : lines) {
      if (!(line instanceof Map<?, ?> map)) {
        throw new IllegalArgumentException("No step: " + line);
      }
      scripts
          .computeIfAbsent(String.valueOf(map.get("s")), name -> new ArrayList<>())
          .add(Step.of(map));
    }
    return new Trace(
        family,
        scripts.entrySet().stream()
            .map(script -> new Scenario(script.getKey(), script.getValue()))
            .toList());
  }

  /** Returns how many steps its scenarios have in all. */
  int steps() {
    return scenarios.stream().mapToInt(scenario -> scenario.steps().size()).sum();
  }
}
