package org.dmabuf.shell;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.felix.service.command.Descriptor;
import org.dmabuf.BufferInfo;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.display.kms.DisplayDevice;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.heap.HeapDevice;
import org.dmabuf.heap.udmabuf.UdmabufDevice;
import org.dmabuf.negotiation.BufferExporter;
import org.dmabuf.negotiation.ServiceKeys;
import org.dmabuf.video.ConverterDevice;
import org.dmabuf.video.FrameSource;
import org.dmabuf.video.SourceInfo;
import org.dmabuf.video.VideoDevice;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The command {@code devices}. Thread-safe. */
@Component(
    service = DevicesCommand.class,
    property = {"osgi.command.scope=dmabuf", "osgi.command.function=devices"})
public final class DevicesCommand {
  private record Row(String role, Services.Provider provider, String state, String formats) {}

  private final Services services;
  private final DmaBufRegistry registry;

  /** Looks at the services of the product when it is asked. */
  @Activate
  public DevicesCommand(BundleContext context, @Reference DmaBufRegistry registry) {
    this(new RegisteredServices(context), registry);
  }

  DevicesCommand(Services services, DmaBufRegistry registry) {
    this.services = services;
    this.registry = registry;
  }

  /** Returns a line for each exporter, frame source, capture device, converter and display. */
  @Descriptor(
      "exporters, frame sources, capture devices and displays: who drives them, their state")
  public String devices() {
    List<BufferInfo> buffers = registry.buffers();
    TextTable table = new TextTable("ROLE", "NAME", "DRIVER", "STATE", "FORMATS");
    List<Row> exporters = exporters(buffers);
    List<Row> sources = services.ask(FrameSource.class, FrameSource.NAME, DevicesCommand::source);
    List<Row> cameras =
        services.ask(
            VideoDevice.class, VideoDevice.NAME, (who, device) -> capture(who, device, buffers));
    List<Row> displays =
        services.ask(
            DisplayDevice.class,
            DisplayDevice.NAME,
            (who, device) -> display(who, device, buffers));
    add(table, exporters, "There is no exporter.");
    add(table, sources, "There is no frame source.");
    add(table, cameras, "There is no capture device.");
    add(table, displays, "There is no display.");
    if (cameras.isEmpty() && displays.isEmpty()) {
      table.detail("They come with a configuration: 'pipeline start' makes one of each.");
    }
    return table.text();
  }

  private static void add(TextTable table, List<Row> rows, String none) {
    if (rows.isEmpty()) {
      table.detail(none);
    }
    for (Row row : rows) {
      table.row(
          row.role(), row.provider().label(), row.provider().bundle(), row.state(), row.formats());
    }
  }

  /** Heaps, udmabuf's node, and who else makes buffers for those that negotiate; each once. */
  private List<Row> exporters(List<BufferInfo> buffers) {
    Map<String, Services.Provider> all = new LinkedHashMap<>();
    services.ask(HeapDevice.class, HeapDevice.NAME, (who, heap) -> all.put(who.label(), who));
    services.ask(UdmabufDevice.class, HeapDevice.NAME, (who, node) -> all.put(who.label(), who));
    services.ask(
        BufferExporter.class,
        ServiceKeys.EXPORTER,
        (who, exporter) -> all.putIfAbsent(who.label(), who));
    return all.values().stream().map(who -> exporter(who, all.keySet(), buffers)).toList();
  }

  /** Buffers of GEM devices have the name of their subsystem, and are told by their bundle. */
  private static Row exporter(Services.Provider who, Set<String> names, List<BufferInfo> buffers) {
    List<BufferInfo> own =
        buffers.stream()
            .filter(
                buffer ->
                    names.contains(buffer.exporterName())
                        ? buffer.exporterName().equals(who.label())
                        : buffer.owner().startsWith(who.bundle()))
            .toList();
    long bytes = own.stream().mapToLong(BufferInfo::size).sum();
    String state = Units.count(own.size(), "buffer") + ", " + Units.bytes(bytes);
    return new Row("exporter", who, state, "any");
  }

  private static Row source(Services.Provider who, FrameSource source) {
    SourceInfo info = source.info();
    String state =
        "at frame "
            + source.position()
            + (info.frames().isPresent() ? " of " + info.frames().getAsLong() : "")
            + (info.live() ? ", " + source.dropped() + " dropped" : "");
    String rate =
        info.rateDenominator() == 1
            ? String.valueOf(info.rateNumerator())
            : info.rateNumerator() + "/" + info.rateDenominator();
    String format = info.format() + " " + info.width() + "x" + info.height() + " " + rate + "/s";
    return new Row("source", who, state, format);
  }

  private static Row capture(Services.Provider who, VideoDevice device, List<BufferInfo> buffers) {
    String role = device instanceof ConverterDevice ? "converter" : "capture";
    return new Row(
        role, who, attached(device.info().name(), buffers), names(device.info().formats()));
  }

  private static Row display(
      Services.Provider who, DisplayDevice device, List<BufferInfo> buffers) {
    String state = attached(device.info().name(), buffers) + ", " + device.status();
    return new Row("display", who, state, names(device.info().formats()));
  }

  private static String attached(String device, List<BufferInfo> buffers) {
    long count =
        buffers.stream()
            .filter(
                buffer ->
                    buffer.attachments().stream()
                        .anyMatch(attachment -> attachment.startsWith(device + Bufinfo.BY)))
            .count();
    return count == 0 ? "no buffers" : Units.count(count, "buffer") + " attached";
  }

  private static String names(List<PixelFormat> formats) {
    return formats.stream().map(PixelFormat::name).collect(Collectors.joining(" "));
  }
}
