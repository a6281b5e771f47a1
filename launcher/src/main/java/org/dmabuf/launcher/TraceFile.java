package org.dmabuf.launcher;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A recorded trace: a file of lines, each a JSON object with at least
 *
 * <pre>
 *   "s" the scenario   "n" the step's number in it   "op" the call   "expect" what it answered
 * </pre>
 *
 * @param family the file's name without {@code .jsonl}
 * @param lines the steps, as JDK types, never empty
 */
record TraceFile(String family, List<Map<String, Object>> lines) {
  private static final String ENDING = ".jsonl";

  /**
   * Reads a file.
   *
   * @throws InputException when it cannot be read or is no trace
   */
  static TraceFile read(Path file) {
    if (!Files.exists(file)) {
      throw new InputException("There is no file " + file + ".");
    }
    if (Files.isDirectory(file)) {
      throw new InputException(file + " is a folder; name the traces in it.");
    }
    if (!Files.isReadable(file)) {
      throw new InputException(file + " cannot be read: permission denied.");
    }
    try (BufferedReader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      return new TraceFile(family(file), steps(file, reader));
    } catch (CharacterCodingException e) {
      throw new InputException(file + " is no trace: it is not text in UTF-8.");
    } catch (IOException e) {
      throw new InputException(file + " cannot be read: " + e.getMessage() + ".");
    }
  }

  /** Returns the trace as the command takes it. */
  Map<String, Object> argument() {
    return Map.of("family", family, "lines", lines);
  }

  private static String family(Path file) {
    String name = String.valueOf(file.getFileName());
    return name.endsWith(ENDING) ? name.substring(0, name.length() - ENDING.length()) : name;
  }

  private static List<Map<String, Object>> steps(Path file, BufferedReader reader)
      throws IOException {
    ObjectReader json =
        new ObjectMapper()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .readerForMapOf(Object.class);
    List<Map<String, Object>> steps = new ArrayList<>();
    int number = 0;
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      number++;
      if (!line.isBlank()) {
        steps.add(step(file, number, line, json));
      }
    }
    if (steps.isEmpty()) {
      throw new InputException(file + " is no trace: it has no step.");
    }
    return steps;
  }

  private static Map<String, Object> step(Path file, int number, String line, ObjectReader json) {
    try {
      Map<String, Object> step = json.readValue(line);
      if (step != null
          && step.get("s") instanceof String
          && step.get("n") instanceof Number
          && step.get("op") instanceof String
          && step.get("expect") instanceof Map) {
        return step;
      }
    } catch (JsonProcessingException e) {
      throw new InputException(
          "%s, line %d, is no step: it is not one JSON object.".formatted(file, number));
    }
    throw new InputException(
        "%s, line %d, is no step: one has s, n, op and expect.".formatted(file, number));
  }
}
