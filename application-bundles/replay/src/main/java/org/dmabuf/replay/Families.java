package org.dmabuf.replay;

import java.util.LinkedHashMap;
import java.util.Map;

/** The counts of a run: files of the same name are one family. */
final class Families {
  private final Map<String, Count> counts = new LinkedHashMap<>();

  /** What one family came to. */
  private record Count(int scenarios, int steps, int disagree) {
    Count plus(Count other) {
      return new Count(scenarios + other.scenarios, steps + other.steps, disagree + other.disagree);
    }

    Map<String, Object> report() {
      Map<String, Object> report = new LinkedHashMap<>();
      report.put("scenarios", scenarios);
      report.put("steps", steps);
      report.put("disagree", disagree);
      return report;
    }
  }

  /** Adds a trace of which so many steps disagreed. */
  void add(Trace trace, int disagree) {
    counts.merge(
        trace.family(), new Count(trace.scenarios().size(), trace.steps(), disagree), Count::plus);
  }

  /** Returns how many steps disagreed in all. */
  int disagree() {
    return counts.values().stream().mapToInt(Count::disagree).sum();
  }

  /** Returns the counts of each family, in the order of the files. */
  Map<String, Object> report() {
    Map<String, Object> report = new LinkedHashMap<>();
    counts.forEach((family, count) -> report.put(family, count.report()));
    return report;
  }
}
