package org.dmabuf.demo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dmabuf.memory.Transfer;
import org.dmabuf.pipeline.PipelineCounters;

/** The report of a run, in the order and by the keys that are an interface. */
final class Report {
  private final Map<String, Object> root = new LinkedHashMap<>();
  private final List<String> faults = new ArrayList<>();

  /**
   * Makes it.
   *
   * @param each what each pipeline has counted, one at least; of several, "frames" has the sums
   */
  Report(
      List<PipelineCounters> each,
      Map<Transfer, Long> before,
      Map<Transfer, Long> after,
      long moves,
      List<SwapRecord> swaps,
      List<Boolean> collected,
      Map<String, Object> leaks) {
    PipelineCounters counters = each.stream().reduce(PipelineCounters::plus).orElseThrow();
    root.put("frames", frames(counters));
    faults(counters);
    if (each.size() > 1) {
      root.put("pipelines", each.stream().map(Report::frames).toList());
    }
    root.put("bytes", bytes(counters, before, after));
    root.put("moves", moves);
    root.put("swaps", swaps(swaps, collected));
    root.put("latency_us", Map.of("capture_to_scanout", latency(counters.latency())));
    root.put("leaks", leaks);
    leaks.forEach((what, count) -> fault("leaked " + what, ((Number) count).longValue()));
  }

  Map<String, Object> asMap() {
    return root;
  }

  /** Sentences that say why the run did not go well; empty when it did. */
  List<String> faults() {
    return faults;
  }

  private static Map<String, Object> frames(PipelineCounters counters) {
    Map<String, Object> frames = new LinkedHashMap<>();
    frames.put("captured", counters.captured());
    frames.put("displayed", counters.displayed());
    frames.put("lost", counters.lost());
    frames.put("repeated", counters.repeated());
    frames.put("out_of_order", counters.outOfOrder());
    frames.put("errors", counters.errors());
    frames.put("dropped", counters.dropped());
    frames.put("checksum_mismatches", counters.checksumMismatches());
    return frames;
  }

  private void faults(PipelineCounters counters) {
    fault("lost frames", counters.lost());
    fault("repeated frames", counters.repeated());
    fault("frames out of order", counters.outOfOrder());
    fault("frames with another checksum at the display", counters.checksumMismatches());
  }

  private Map<String, Object> bytes(
      PipelineCounters counters, Map<Transfer, Long> before, Map<Transfer, Long> after) {
    Map<String, Object> bytes = new LinkedHashMap<>();
    bytes.put("copied", since(Transfer.COPIED, before, after));
    bytes.put("moved", since(Transfer.MOVED, before, after));
    bytes.put("converted", since(Transfer.CONVERTED, before, after));
    bytes.put("synced", since(Transfer.SYNCED, before, after));
    bytes.put("written_by_capture", counters.writtenByCapture());
    bytes.put("read_by_display", counters.readByDisplay());
    fault("copied bytes", since(Transfer.COPIED, before, after));
    return bytes;
  }

  private List<Map<String, Object>> swaps(List<SwapRecord> swaps, List<Boolean> collected) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (int i = 0; i < swaps.size(); i++) {
      SwapRecord swap = swaps.get(i);
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("role", swap.role().label());
      one.put("bundle", swap.bundle());
      one.put("from", swap.from());
      one.put("to", swap.to());
      one.put("at_frame", swap.atFrame());
      one.put("pause_ms", Math.round(swap.pause().millis() * 1000) / 1000.0);
      one.put("class_loader_collected", collected.get(i));
      all.add(one);
      if (!collected.get(i)) {
        faults.add(
            "The class loader of " + swap.bundle() + " " + swap.from() + " was not collected.");
      }
    }
    return all;
  }

  private static Map<String, Object> latency(PipelineCounters.Latency latency) {
    Map<String, Object> percentiles = new LinkedHashMap<>();
    percentiles.put("p50", latency.p50Micros());
    percentiles.put("p99", latency.p99Micros());
    percentiles.put("max", latency.maxMicros());
    return percentiles;
  }

  private static long since(Transfer kind, Map<Transfer, Long> before, Map<Transfer, Long> after) {
    return after.get(kind) - before.get(kind);
  }

  private void fault(String what, long count) {
    if (count != 0) {
      faults.add("There were " + count + " " + what + "; there must be none.");
    }
  }
}
