package org.dmabuf.handover;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * What a device is like at a moment: its format, controls, counters, sequence numbers. Plain data,
 * so that nothing of the bundle that wrote it is kept: strings, numbers, truth values, and lists
 * and maps of them.
 *
 * @param kind of device whose state it is, which says what the values mean, never null
 * @param version of the kind: one that reads n reads 1 to n, never less than 1
 * @param values by name, never null
 */
public record DeviceState(String kind, int version, Map<String, Object> values) {
  private static final int DEEPEST = 8;

  /**
   * Takes a deep copy.
   *
   * @throws DmaBufException EINVAL without a kind, for a version below 1, or for a value that is
   *     not plain data
   */
  public DeviceState {
    if (kind == null || kind.isEmpty() || version < 1) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A state of kind '" + kind + "', version " + version + "; a name, and 1 or more, work");
    }
    values = copy(values, kind, DEEPEST);
  }

  /** Returns a whole number; empty when there is none of that name. */
  public OptionalLong number(String name) {
    return values.get(name) instanceof Long number ? OptionalLong.of(number) : OptionalLong.empty();
  }

  /** Returns a text; empty when there is none of that name. */
  public Optional<String> text(String name) {
    return values.get(name) instanceof String text ? Optional.of(text) : Optional.empty();
  }

  private static Map<String, Object> copy(Map<?, ?> from, String where, int depth) {
    Map<String, Object> copy = new TreeMap<>();
    from.forEach(
        (name, value) -> {
          if (!(name instanceof String text)) {
            throw notPlain(where, name);
          }
          copy.put(text, plain(value, where + "." + text, depth - 1));
        });
    return Collections.unmodifiableMap(copy);
  }

  private static Object plain(Object value, String where, int depth) {
    if (depth < 0) {
      throw notPlain(where, "something deeper than " + DEEPEST + " levels");
    }
    return switch (value) {
      case String text -> text;
      case Long number -> number;
      case Integer number -> number.longValue();
      case Double number -> number;
      case Boolean truth -> truth;
      case List<?> list -> list.stream().map(each -> plain(each, where, depth - 1)).toList();
      case Map<?, ?> map -> copy(map, where, depth);
      case null, default -> throw notPlain(where, value);
    };
  }

  private static DmaBufException notPlain(String where, Object value) {
    return new DmaBufException(
        Errno.EINVAL,
        "A state has "
            + (value instanceof String text
                ? text
                : value == null ? "null" : "a " + value.getClass().getName())
            + " at "
            + where
            + "; strings, numbers, truth values, and lists and maps of them, work");
  }
}
