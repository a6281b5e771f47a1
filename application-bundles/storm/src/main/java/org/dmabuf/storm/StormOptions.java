package org.dmabuf.storm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What the launcher passed.
 *
 * @param nanos how long it lasts
 * @param seed by which the actions are drawn
 * @param pauseBoundMillis what 99 in 100 pauses of pipelines that had a substitute stay below
 * @param jars URIs of the bundles that run and of their successors
 * @param progress is told how far it is, often
 */
record StormOptions(
    long nanos,
    long seed,
    double pauseBoundMillis,
    List<String> jars,
    Consumer<Map<String, Object>> progress) {
  private static final double NANOS_A_MINUTE = 60e9;
  private static final double DEFAULT_MINUTES = 2;
  private static final double DEFAULT_BOUND = 250;

  @SuppressWarnings("unchecked")
  static StormOptions of(Map<String, Object> given) {
    double minutes = number(given, "minutes", DEFAULT_MINUTES);
    double bound = number(given, "pause.bound.ms", DEFAULT_BOUND);
    List<String> jars = new ArrayList<>();
    for (String key : List.of("successors", "bundles")) {
      if (given.get(key) instanceof List<?> list) {
        list.forEach(each -> jars.add(each.toString()));
      }
    }
    Consumer<Map<String, Object>> progress =
        given.get("progress") instanceof Consumer<?> told
            ? (Consumer<Map<String, Object>>) told
            : ignored -> {};
    long seed = given.get("seed") instanceof Number number ? number.longValue() : 0;
    return new StormOptions(
        (long) (minutes * NANOS_A_MINUTE), seed, bound, List.copyOf(jars), progress);
  }

  private static double number(Map<String, Object> given, String key, double otherwise) {
    return given.get(key) instanceof Number number ? number.doubleValue() : otherwise;
  }
}
