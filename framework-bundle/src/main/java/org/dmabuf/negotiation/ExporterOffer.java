package org.dmabuf.negotiation;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * What an exporter can make. Plain data.
 *
 * @param id tells services apart and is never used again: the number of the service
 * @param ranking the service's ranking; the higher goes before among equally cheap ones
 * @param name the exporter, never null or empty
 * @param driver whose it is, which matters for implicit modifiers only; empty for none of them;
 *     never null
 * @param formats what it can make, never null
 * @param pitchAlign what every pitch is a multiple of, in bytes: a power of two
 * @param sizes how large frames may be; the size in bytes is the placement's; never null
 * @param placements where the memory can come from, one or more, never null
 */
public record ExporterOffer(
    long id,
    int ranking,
    String name,
    String driver,
    FormatTable formats,
    int pitchAlign,
    SizeLimits sizes,
    List<Placement> placements) {
  /** The placement of an exporter that names none. */
  public static final String ONLY_PLACEMENT = "memory";

  private static final String SERVICE_ID = "service.id";
  private static final String SERVICE_RANKING = "service.ranking";

  /**
   * Checks the fields.
   *
   * @throws DmaBufException EINVAL for an empty name, no placement or two of one name, and an
   *     alignment that is no power of two
   */
  public ExporterOffer {
    Objects.requireNonNull(driver, "driver");
    Objects.requireNonNull(formats, "formats");
    Objects.requireNonNull(sizes, "sizes");
    placements = List.copyOf(placements);
    long names = placements.stream().map(Placement::name).distinct().count();
    if (name.isEmpty() || placements.isEmpty() || names != placements.size()) {
      throw new DmaBufException(
          Errno.EINVAL,
          "Exporter '"
              + name
              + "' was described with the placements "
              + placements.stream().map(Placement::name).toList()
              + "; a name, and one placement or more with a name of its own, would work");
    }
    ImporterNeeds.checkPitch("Exporter " + name, pitchAlign);
  }

  /**
   * Returns an exporter of bytes: every format, linear.
   *
   * @param name its name, never null
   * @param placements where the memory can come from, one or more, never null
   */
  public static ExporterOffer of(String name, Placement... placements) {
    return new ExporterOffer(
        0, 0, name, "", FormatTable.ANY, 1, SizeLimits.NONE, List.of(placements));
  }

  /**
   * Reads what an exporter can make from its service properties, see {@link ServiceKeys}.
   *
   * @param properties never null
   * @throws DmaBufException EINVAL for properties that cannot be read, or that no exporter has
   */
  public static ExporterOffer of(Map<String, ?> properties) {
    PropertyReader reader = new PropertyReader(properties, ServiceKeys.EXPORTER);
    SizeLimits all = SizeLimits.read(reader);
    List<Placement> places =
        reader.texts(ServiceKeys.PLACEMENTS).orElse(List.of(ONLY_PLACEMENT)).stream()
            .map(place -> Placement.read(place, reader.of(place)))
            .toList();
    return new ExporterOffer(
        reader.number(SERVICE_ID, 0),
        reader.smallNumber(SERVICE_RANKING, 0),
        reader.text(ServiceKeys.EXPORTER, ""),
        reader.text(ServiceKeys.DRIVER, ""),
        FormatTable.read(reader),
        reader.smallNumber(ServiceKeys.PITCH_ALIGN, 1),
        SizeLimits.ofFrames(all.minWidth(), all.minHeight(), all.maxWidth(), all.maxHeight()),
        places);
  }

  /** Returns the same offer as service properties, all of JDK types; never null. */
  public Map<String, Object> toProperties() {
    Map<String, Object> properties = new LinkedHashMap<>();
    properties.put(SERVICE_RANKING, ranking);
    properties.put(ServiceKeys.EXPORTER, name);
    properties.put(ServiceKeys.DRIVER, driver);
    properties.putAll(formats.toProperties());
    properties.put(ServiceKeys.PITCH_ALIGN, pitchAlign);
    properties.putAll(sizes.toProperties());
    properties.put(
        ServiceKeys.PLACEMENTS, placements.stream().map(Placement::name).toArray(String[]::new));
    placements.forEach(placement -> properties.putAll(placement.toProperties()));
    return properties;
  }

  /** Returns the same offer under another number. */
  public ExporterOffer withId(long number) {
    return new ExporterOffer(number, ranking, name, driver, formats, pitchAlign, sizes, placements);
  }
}
