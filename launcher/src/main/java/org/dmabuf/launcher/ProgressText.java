package org.dmabuf.launcher;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** One line of progress. */
final class ProgressText {
  private ProgressText() {}

  static String of(Map<String, Object> state) {
    List<String> parts = new ArrayList<>();
    Object total = state.get("total");
    parts.add(
        "frame " + number(state.get("frames")) + (total == null ? "" : " of " + number(total)));
    if (state.get("rate") instanceof Number rate) {
      parts.add(String.format(Locale.ROOT, "%.1f/s", rate.doubleValue()));
    }
    if (state.get("latency_us") instanceof Number latency) {
      parts.add(String.format(Locale.ROOT, "latency %.2f ms", latency.doubleValue() / 1000));
    }
    if (state.get("swaps") != null) {
      parts.add("swaps " + number(state.get("swaps")));
    }
    return String.join("  ", parts);
  }

  private static String number(Object value) {
    return value == null ? "0" : value.toString();
  }
}
