package org.dmabuf.negotiation;

import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.format.Modifier;
import org.dmabuf.format.PixelFormat;

/**
 * Which pixel formats a device or an exporter knows, and each with which modifiers. Immutable;
 * thread-safe.
 *
 * <pre>
 *   NV12       LINEAR
 *   XRGB8888   LINEAR, 0x100000000000001 (a vendor's), INVALID (the driver knows)
 * </pre>
 *
 * <p>Two modifiers are the same when the numbers are equal, and nothing else makes them so: INVALID
 * is not LINEAR, and what a vendor's means is nobody else's business. Kernel counterpart: the
 * IN_FORMATS blob of a plane.
 */
public final class FormatTable {
  /** Every format, linear only: what those have who care for bytes and not for pixels. */
  public static final FormatTable ANY = linear(EnumSet.allOf(PixelFormat.class));

  private final Map<PixelFormat, List<Long>> modifiers;

  private FormatTable(Map<PixelFormat, List<Long>> modifiers) {
    this.modifiers = Collections.unmodifiableMap(modifiers);
  }

  /**
   * Returns a table of formats that are all linear.
   *
   * @param formats the formats, never null
   * @throws DmaBufException EINVAL for none
   */
  public static FormatTable linear(Collection<PixelFormat> formats) {
    if (formats.isEmpty()) {
      throw new DmaBufException(
          Errno.EINVAL, "A table without a pixel format was made; one or more would work");
    }
    Map<PixelFormat, List<Long>> table = new EnumMap<>(PixelFormat.class);
    formats.forEach(format -> table.put(format, List.of(Modifier.LINEAR)));
    return new FormatTable(table);
  }

  /**
   * Returns this table with other modifiers for one format.
   *
   * @param format the format, new or known, never null
   * @param list its modifiers, one or more, never null
   * @throws DmaBufException EINVAL for none
   */
  public FormatTable with(PixelFormat format, Collection<Long> list) {
    if (list.isEmpty()) {
      throw new DmaBufException(
          Errno.EINVAL, "Format " + format + " was listed without a modifier; 0 is linear");
    }
    Map<PixelFormat, List<Long>> table = new EnumMap<>(modifiers);
    table.put(format, list.stream().distinct().sorted(Long::compareUnsigned).toList());
    return new FormatTable(table);
  }

  /**
   * Reads a table from service properties.
   *
   * @throws DmaBufException EINVAL for a format that is not known or a modifier that is no number
   */
  static FormatTable read(PropertyReader properties) {
    FormatTable table =
        properties
            .texts(ServiceKeys.FORMATS)
            .map(names -> linear(names.stream().map(PixelFormat::parse).toList()))
            .orElse(ANY);
    List<Long> all = properties.numbers(ServiceKeys.MODIFIERS).orElse(List.of(Modifier.LINEAR));
    for (PixelFormat format : table.formats()) {
      table = table.with(format, properties.numbers(key(format)).orElse(all));
    }
    return table;
  }

  /** Returns the table as service properties, never null. */
  Map<String, Object> toProperties() {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put(
        ServiceKeys.FORMATS, formats().stream().map(PixelFormat::name).toArray(String[]::new));
    modifiers.forEach((format, list) -> properties.put(key(format), list.toArray(Long[]::new)));
    return properties;
  }

  private static String key(PixelFormat format) {
    return ServiceKeys.MODIFIERS + "." + format.name();
  }

  /** Returns the formats, one or more, never null. */
  public Set<PixelFormat> formats() {
    return modifiers.keySet();
  }

  /**
   * Returns the modifiers of a format, in unsigned order; empty when it does not know the format.
   *
   * @param format the format, never null
   */
  public List<Long> modifiers(PixelFormat format) {
    return modifiers.getOrDefault(format, List.of());
  }

  /** Tells whether it knows a format. */
  public boolean has(PixelFormat format) {
    return modifiers.containsKey(format);
  }

  /** Tells whether it knows a format with a modifier. */
  public boolean has(PixelFormat format, long modifier) {
    for (long known : modifiers(format)) {
      if (known == modifier) {
        return true;
      }
    }
    return false;
  }

  /** Returns a modifier for people, such as {@code "LINEAR"} or {@code "0x100000000000001"}. */
  public static String text(long modifier) {
    if (modifier == Modifier.LINEAR) {
      return "LINEAR";
    }
    return modifier == Modifier.INVALID
        ? "INVALID"
        : "0x%x".formatted(modifier).toLowerCase(Locale.ROOT);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof FormatTable that && modifiers.equals(that.modifiers);
  }

  @Override
  public int hashCode() {
    return modifiers.hashCode();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    modifiers.forEach(
        (format, list) ->
            text.append(text.isEmpty() ? "" : ", ")
                .append(format)
                .append(list.stream().map(FormatTable::text).toList()));
    return text.toString();
  }
}
