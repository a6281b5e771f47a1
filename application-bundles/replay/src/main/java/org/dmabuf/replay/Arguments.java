package org.dmabuf.replay;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dmabuf.CpuMapping;

/**
 * The arguments of one step, as the call takes them. A text names an object or a constant, a number
 * is passed as it is, cut to the width of its field.
 *
 * <p>Each method throws {@link Unreplayable} when the argument is missing or of no such form.
 */
final class Arguments {
  private final Map<String, Object> given;
  private final Names names;

  Arguments(Map<String, Object> given, Names names) {
    this.given = given;
    this.names = names;
  }

  /** Returns the name that the result is bound to; empty when it is bound to none. */
  Optional<String> as() {
    return Optional.ofNullable((String) given.get("as"));
  }

  /** Returns whether an argument was given. */
  boolean has(String key) {
    return given.containsKey(key);
  }

  String text(String key) {
    if (given.get(key) instanceof String text) {
      return text;
    }
    throw noForm(key, "a text");
  }

  /** Returns a number of 64 bits. */
  long wide(String key) {
    if (given.get(key) instanceof Number number) {
      return number.longValue();
    }
    throw noForm(key, "a number");
  }

  /** Returns a number of 32 bits. */
  int narrow(String key) {
    return (int) wide(key);
  }

  /** Returns a number of 32 bits, or another one when it is not given. */
  int narrowOr(String key, int absent) {
    return has(key) ? narrow(key) : absent;
  }

  /** Returns how many bytes a buffer of the caller's has. */
  int length(String key) {
    long length = wide(key);
    if (length < 0 || length > Integer.MAX_VALUE) {
      throw noForm(key, "the length of a buffer in memory");
    }
    return (int) length;
  }

  /** Returns the number of a descriptor, by name or as it is. */
  int descriptor(String key) {
    Object value = given.get(key);
    return value instanceof String name ? names.descriptor(name) : narrow(key);
  }

  /**
   * Returns the number of a handle, by name or as it is.
   *
   * @param device the descriptor of the device that is to be asked for it
   */
  int handle(String key, int device) {
    return handle(given.get(key), key, device);
  }

  /** Returns the number of a fence of an open device, by name or as it is. */
  int fence(String key, int device) {
    return given.get(key) instanceof String name ? names.fence(name, device) : narrow(key);
  }

  /** Returns the number of a framebuffer of an open device, by name or as it is. */
  int framebuffer(String key, int device) {
    return given.get(key) instanceof String name ? names.framebuffer(name, device) : narrow(key);
  }

  /** Returns a list of handles, each by name or as it is. */
  int[] handles(String key, int device) {
    if (!(given.get(key) instanceof List<?> list)) {
      throw noForm(key, "a list");
    }
    return list.stream().mapToInt(each -> handle(each, key, device)).toArray();
  }

  private int handle(Object value, String key, int device) {
    return switch (value) {
      case String name -> names.handle(name, device);
      case Number number -> number.intValue();
      case null, default -> throw noForm(key, "made of handles");
    };
  }

  CpuMapping mapping(String key) {
    return names.mapping(text(key));
  }

  /**
   * Returns flags: a number as it is, or one name or a list of them, each with its value.
   *
   * @param values the value of each name
   */
  int flags(String key, Map<String, Integer> values) {
    return switch (given.get(key)) {
      case Number number -> number.intValue();
      case String name -> value(key, name, values);
      case List<?> list ->
          list.stream().mapToInt(name -> value(key, name, values)).reduce(0, Arguments::or);
      case null, default -> throw noForm(key, "flags");
    };
  }

  /** Returns a list of rows as arguments of their own, each with these keys in order. */
  List<Arguments> rows(String key, String... keys) {
    if (!(given.get(key) instanceof List<?> list)) {
      throw noForm(key, "a list");
    }
    List<Arguments> rows = new ArrayList<>();
    for (Object row : list) {
      if (!(row instanceof List<?> values) || values.size() != keys.length) {
        throw noForm(key, "a list of " + String.join(", ", keys));
      }
      Map<String, Object> named = new HashMap<>();
      for (int i = 0; i < keys.length; i++) {
        named.put(keys[i], values.get(i));
      }
      rows.add(new Arguments(named, names));
    }
    return rows;
  }

  private static int or(int flags, int more) {
    return flags | more;
  }

  private int value(String key, Object name, Map<String, Integer> values) {
    Integer value = values.get(name);
    if (value == null) {
      throw noForm(key, "made of " + values.keySet());
    }
    return value;
  }

  private Unreplayable noForm(String key, String form) {
    return new Unreplayable(key + " is " + given.get(key) + " and not " + form);
  }
}
