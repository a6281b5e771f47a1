package org.dmabuf.launcher;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a command answered.
 *
 * @param exit the exit status
 * @param messages sentences for the person, in order
 * @param report the report, in order; empty when the command has none
 */
record CommandResult(int exit, List<String> messages, Map<String, Object> report) {
  /**
   * Reads an answer that came as a map of JDK types.
   *
   * @throws IllegalStateException when it is not of the agreed form
   */
  static CommandResult of(Map<?, ?> answer) {
    if (!(answer.get("exit") instanceof Integer exit)) {
      throw new IllegalStateException("The command gave no exit status.");
    }
    List<String> messages =
        answer.get("messages") instanceof List<?> list
            ? list.stream().map(String::valueOf).toList()
            : List.of();
    Map<String, Object> report = new LinkedHashMap<>();
    if (answer.get("report") instanceof Map<?, ?> map) {
      map.forEach((key, value) -> report.put(String.valueOf(key), value));
    }
    return new CommandResult(exit, messages, report);
  }
}
