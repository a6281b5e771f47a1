package org.dmabuf.launcher;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A report for people: one row for each of its parts, and one for each swap. On a terminal the
 * parts' names stand in a column.
 */
final class ReportText {
  private ReportText() {}

  static List<String> lines(Map<String, Object> report, boolean table) {
    List<Row> rows = new ArrayList<>();
    report.forEach(
        (part, value) -> {
          if (value instanceof List<?> list) {
            list.forEach(element -> rows.add(new Row(part, text(element))));
          } else {
            rows.add(new Row(part, text(value)));
          }
        });
    int width = rows.stream().mapToInt(row -> row.part().length()).max().orElse(0);
    return rows.stream()
        .map(row -> table ? row.padded(width) : row.part() + ": " + row.text())
        .toList();
  }

  private static String text(Object value) {
    if (value instanceof Map<?, ?> map) {
      List<String> pairs = new ArrayList<>();
      map.forEach(
          (key, inner) ->
              pairs.add(
                  key
                      + " "
                      + (inner instanceof Map<?, ?> ? "(" + text(inner) + ")" : text(inner))));
      return String.join(", ", pairs);
    }
    if (value instanceof Double || value instanceof Float) {
      return String.format(Locale.ROOT, "%.2f", ((Number) value).doubleValue());
    }
    return String.valueOf(value);
  }

  private record Row(String part, String text) {
    String padded(int width) {
      return part + " ".repeat(width - part.length() + 2) + text;
    }
  }
}
