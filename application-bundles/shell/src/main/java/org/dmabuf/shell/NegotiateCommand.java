package org.dmabuf.shell;

import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.negotiation.BufferRequest;
import org.dmabuf.negotiation.Candidate;
import org.dmabuf.negotiation.ImporterNeeds;
import org.dmabuf.negotiation.Negotiation;
import org.dmabuf.negotiation.Refusal;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The command {@code negotiate}. Thread-safe. */
@Component(
    service = NegotiateCommand.class,
    property = {"osgi.command.scope=dmabuf", "osgi.command.function=negotiate"})
public final class NegotiateCommand {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,9})x(\\d{1,9})");

  private final DmaBufRegistry registry;

  /** Looks at exporters and devices when it is asked. */
  @Activate
  public NegotiateCommand(@Reference DmaBufRegistry registry) {
    this.registry = registry;
  }

  /**
   * Returns who could make a buffer that suits some devices, the one that would in the first line,
   * and why the others could not. Nothing is allocated.
   *
   * @param formats pixel formats, best first, separated by commas
   * @param size WxH in pixels
   * @param exporter the only exporter to look at; empty for all
   * @param devices the names of the devices; none for all
   */
  @Descriptor("who could make a buffer that suits some devices or all, and why others could not")
  public String negotiate(
      @Descriptor("pixel formats, best first: NV12,XR24")
          @Parameter(
              names = {"-f", "--format"},
              absentValue = "NV12")
          String formats,
      @Descriptor("size of the frame, WxH in pixels")
          @Parameter(
              names = {"-s", "--size"},
              absentValue = "640x480")
          String size,
      @Descriptor("only this exporter")
          @Parameter(
              names = {"-e", "--exporter"},
              absentValue = "")
          String exporter,
      @Descriptor("names of devices; all without any") String... devices) {
    Negotiation answer = registry.negotiate(request(formats, size, exporter), needs(devices));
    if (answer.candidates().isEmpty()) {
      return answer.sentence() + ".";
    }
    TextTable table =
        new TextTable("ORDER", "EXPORTER", "PLACEMENT", "FORMAT", "PITCHES OF", "SIZE", "COST");
    int order = 0;
    for (Candidate candidate : answer.candidates()) {
      table.row(
          candidate.fits() ? ++order : "no",
          candidate.exporter().name(),
          candidate.placement().name(),
          candidate.pixels(),
          candidate.pitchAlign(),
          Units.bytes(candidate.bytes()),
          candidate.placement().cost());
      candidate.refusals().stream().map(Refusal::sentence).distinct().forEach(table::detail);
    }
    return answer.question() + "\n\n" + table.text();
  }

  private static BufferRequest request(String formats, String size, String exporter) {
    Matcher matcher = SIZE.matcher(size);
    if (!matcher.matches()) {
      throw new DmaBufException(
          Errno.EINVAL, "'" + size + "' is no size; WxH such as 640x480 would work");
    }
    PixelFormat[] wanted =
        Arrays.stream(formats.split(",")).map(PixelFormat::parse).toArray(PixelFormat[]::new);
    BufferRequest request =
        BufferRequest.frame(
            Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)), wanted);
    return exporter.isEmpty() ? request : request.from(exporter);
  }

  private ImporterNeeds[] needs(String... names) {
    List<ImporterNeeds> there = registry.importers();
    if (names.length == 0) {
      return there.toArray(ImporterNeeds[]::new);
    }
    return Arrays.stream(names).map(name -> needs(name, there)).toArray(ImporterNeeds[]::new);
  }

  private static ImporterNeeds needs(String name, List<ImporterNeeds> there) {
    return there.stream()
        .filter(device -> device.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new DmaBufException(
                    Errno.ENOENT,
                    "There is no device '"
                        + name
                        + "'; there is "
                        + (there.isEmpty()
                            ? "none, 'pipeline start' makes two"
                            : String.join(
                                ", ", there.stream().map(ImporterNeeds::name).toList()))));
  }
}
