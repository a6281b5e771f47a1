package org.dmabuf.storm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dmabuf.pipeline.PipelineCounters;
import org.dmabuf.pipeline.trial.Leaks;

/**
 * The report of a storm, by the keys that are an interface, and what in it must not be. Used by one
 * thread.
 */
final class StormReport {
  private final Map<String, Object> root = new LinkedHashMap<>();
  private final Map<String, Object> memory = new LinkedHashMap<>();
  private final List<String> faults = new ArrayList<>();
  private final double pauseBoundMillis;

  /**
   * Makes one that is empty.
   *
   * @param pauseBoundMillis what 99 in 100 pauses of pipelines that had a substitute stay below
   */
  StormReport(long seed, double pauseBoundMillis) {
    this.pauseBoundMillis = pauseBoundMillis;
    // In the order in which they are shown; each is filled in below.
    for (String key :
        List.of("swap_count", "injected", "frames", "leaks", "pause_ms", "stuck", "loaders")) {
      root.put(key, 0);
    }
    root.put("seed", seed);
    root.put("actions", Map.of());
    root.put("substitutes", Map.of());
    root.put("pipelines", List.of());
    root.put("memory", memory);
  }

  Map<String, Object> asMap() {
    return root;
  }

  /** Sentences that say why the storm did not go well; empty when it did. */
  List<String> faults() {
    return faults;
  }

  void fault(String sentence) {
    faults.add(sentence.endsWith(".") ? sentence : sentence + ".");
  }

  void actions(long swaps, Map<String, Object> counts) {
    root.put("swap_count", swaps);
    root.put("actions", counts);
  }

  void injected(long calls) {
    root.put("injected", calls);
  }

  /** What all pipelines have counted together, and each. */
  void frames(Map<String, PipelineCounters> each, long nanos) {
    PipelineCounters all = each.values().stream().reduce(PipelineCounters::plus).orElseThrow();
    root.put("frames", frames(all));
    List<Map<String, Object>> pipelines = new ArrayList<>();
    each.forEach(
        (name, counters) -> {
          Map<String, Object> one = new LinkedHashMap<>();
          one.put("name", name);
          one.put("rate", Math.round(counters.displayed() * 1e10 / Math.max(1, nanos)) / 10.0);
          one.putAll(frames(counters));
          pipelines.add(one);
        });
    root.put("pipelines", pipelines);
    none("lost frames", all.lost());
    none("repeated frames", all.repeated());
    none("frames out of order", all.outOfOrder());
    none("frames with another checksum at the display", all.checksumMismatches());
  }

  private static Map<String, Object> frames(PipelineCounters counters) {
    Map<String, Object> frames = new LinkedHashMap<>();
    frames.put("captured", counters.captured());
    frames.put("displayed", counters.displayed());
    frames.put("lost", counters.lost());
    frames.put("errors", counters.errors());
    frames.put("repeated", counters.repeated());
    frames.put("out_of_order", counters.outOfOrder());
    frames.put("checksum_mismatches", counters.checksumMismatches());
    return frames;
  }

  void leaks(Map<String, Object> left, List<String> threads) {
    root.put("leaks", left);
    if (Leaks.isLeft(left)) {
      left.forEach((what, count) -> none("leaked " + what, ((Number) count).longValue()));
      if (!threads.isEmpty()) {
        fault("Threads that still run: " + threads);
      }
    }
  }

  void pauses(Pauses pauses) {
    Map<String, Object> map = pauses.asMap();
    root.put("pause_ms", map);
    if (pauses.percentile(99) >= pauseBoundMillis) {
      fault(
          "Of the pauses of pipelines that had a substitute one in a hundred took "
              + map.get("p99")
              + " ms or more; below "
              + pauseBoundMillis
              + " ms is asked for");
    }
  }

  void stuck(int count) {
    root.put("stuck", count);
    none("pipelines or actions that did not come to their end", count);
  }

  void loaders(long replaced, long collected) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("replaced", replaced);
    map.put("collected", collected);
    root.put("loaders", map);
    none("class loaders of replaced bundles that were not collected", replaced - collected);
  }

  void substitutes(Map<String, Double> parts) {
    root.put("substitutes", parts);
    parts.forEach(
        (role, part) -> {
          if (part < 0.5) {
            fault("The " + role + " had a substitute only " + part + " of the time");
          }
        });
  }

  void memory(String when, MemoryUse use) {
    memory.put(when, use.asMap());
  }

  private void none(String what, long count) {
    if (count != 0) {
      fault("There were " + count + " " + what + "; there must be none");
    }
  }
}
