package org.dmabuf.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Rows of text in columns; lines of other text may stand between them. Not thread-safe. */
final class TextTable {
  private static final String GAP = "  ";

  private final List<List<String>> lines = new ArrayList<>();
  private final int columns;

  TextTable(String... header) {
    columns = header.length;
    lines.add(List.of(header));
  }

  /** Adds a row with a cell for each column; each is shown as its text. */
  TextTable row(Object... cells) {
    if (cells.length != columns) {
      throw new IllegalArgumentException(cells.length + " cells for " + columns + " columns");
    }
    lines.add(IntStream.range(0, columns).mapToObj(i -> String.valueOf(cells[i])).toList());
    return this;
  }

  /** Adds a line that belongs to the row before and is in no column. */
  TextTable detail(String text) {
    lines.add(List.of("    " + text));
    return this;
  }

  /** Returns {@link #text()}, or something else when there are no lines below the header. */
  String textOr(String nothing) {
    return lines.size() > 1 ? text() : nothing;
  }

  /** Returns the lines without a newline after the last. */
  String text() {
    int[] widths = new int[columns];
    for (List<String> line : lines) {
      for (int i = 0; line.size() == columns && i < columns; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    return lines.stream().map(line -> text(line, widths)).collect(Collectors.joining("\n"));
  }

  private String text(List<String> line, int[] widths) {
    if (line.size() != columns) {
      return line.getFirst();
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < columns; i++) {
      String cell = line.get(i);
      text.append(cell).repeat(' ', widths[i] - cell.length()).append(GAP);
    }
    return text.toString().stripTrailing();
  }
}
