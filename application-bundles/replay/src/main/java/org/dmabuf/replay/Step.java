package org.dmabuf.replay;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A recorded call.
 *
 * @param number its number within its scenario, from 1
 * @param operation the call
 * @param arguments its arguments, {@code as} included, never null
 * @param recorded what the kernel answered, never null
 */
record Step(long number, String operation, Map<String, Object> arguments, Answer recorded) {

  /**
   * Reads a step as a reader of JSON gives it.
   *
   * @throws IllegalArgumentException when a key that every step has is missing or of another kind
   */
  static Step of(Map<?, ?> line) {
    Map<String, Object> arguments = new LinkedHashMap<>();
    line.forEach((key, value) -> arguments.put(String.valueOf(key), value));
    if (arguments.remove("n") instanceof Number number
        && arguments.remove("op") instanceof String operation
        && arguments.remove("expect") instanceof Map<?, ?> expect
        && arguments.remove("s") instanceof String) {
      return new Step(number.longValue(), operation, arguments, Answer.of(expect));
    }
    throw new IllegalArgumentException("No step: " + line);
  }
}
