package org.dmabuf.negotiation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * Reads service properties, whatever JDK type their values have: configurations have text where
 * drivers have numbers, and collections where they have arrays. Not thread-safe.
 */
final class PropertyReader {
  private final Map<String, ?> properties;
  private final String owner;
  private final String suffix;

  PropertyReader(Map<String, ?> properties, String nameKey) {
    this(properties, nameKey + "=" + properties.get(nameKey), "");
  }

  private PropertyReader(Map<String, ?> properties, String owner, String suffix) {
    this.properties = properties;
    this.owner = owner;
    this.suffix = suffix;
  }

  /** The same properties, where a key with this behind it goes before the bare one. */
  PropertyReader of(String place) {
    return new PropertyReader(properties, owner, "." + place);
  }

  Optional<Object> value(String key) {
    Object own = suffix.isEmpty() ? null : properties.get(key + suffix);
    return Optional.ofNullable(own == null ? properties.get(key) : own);
  }

  String text(String key, String without) {
    return value(key).map(String::valueOf).orElse(without);
  }

  boolean flag(String key) {
    return value(key).map(String::valueOf).map(Boolean::parseBoolean).orElse(false);
  }

  long number(String key, long without) {
    return value(key).map(value -> number(key, value)).orElse(without);
  }

  int smallNumber(String key, int without) {
    long number = number(key, without);
    if (number != (int) number) {
      throw unreadable(key, number, "a number of 32 bits");
    }
    return (int) number;
  }

  Optional<List<String>> texts(String key) {
    return value(key).map(value -> elements(value).stream().map(String::valueOf).toList());
  }

  Optional<List<Long>> numbers(String key) {
    return value(key)
        .map(value -> elements(value).stream().map(element -> number(key, element)).toList());
  }

  private long number(String key, Object value) {
    if (value instanceof Number number) {
      return number.longValue();
    }
    String text = String.valueOf(value).strip();
    try {
      // Modifiers and masks may use the highest bit, which decode() takes for a sign.
      return text.startsWith("0x")
          ? Long.parseUnsignedLong(text, 2, text.length(), 16)
          : Long.decode(text);
    } catch (NumberFormatException notOne) {
      throw unreadable(key, value, "a number");
    }
  }

  private static Collection<?> elements(Object value) {
    return switch (value) {
      case Collection<?> collection -> collection;
      case Object[] array -> List.of(array);
      case long[] array -> {
        List<Long> list = new ArrayList<>(array.length);
        for (long element : array) {
          list.add(element);
        }
        yield list;
      }
      default -> List.of(value);
    };
  }

  private DmaBufException unreadable(String key, Object value, String wanted) {
    return new DmaBufException(
        Errno.EINVAL,
        "The service with " + owner + " has " + key + "=" + value + "; " + wanted + " would work");
  }
}
