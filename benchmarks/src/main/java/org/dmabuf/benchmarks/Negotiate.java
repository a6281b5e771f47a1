package org.dmabuf.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.felix.framework.FrameworkFactory;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.format.Modifier;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.negotiation.BufferExporter;
import org.dmabuf.negotiation.BufferRequest;
import org.dmabuf.negotiation.ExporterOffer;
import org.dmabuf.negotiation.FormatTable;
import org.dmabuf.negotiation.Importer;
import org.dmabuf.negotiation.ImporterNeeds;
import org.dmabuf.negotiation.Negotiation;
import org.dmabuf.negotiation.Placement;
import org.dmabuf.negotiation.SizeLimits;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.launch.Framework;

/**
 * Who of 20 exporters can make a buffer for 4 of 20 devices, with the reasons why others cannot,
 * against looking some of the same 40 services up once by a filter.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class Negotiate {
  private static final int SERVICES = 20;
  private static final long TILED = 0x0100_0000_0000_0001L;

  /** The devices: each other one has a limit of its own. */
  private static List<ImporterNeeds> importers() {
    List<ImporterNeeds> all = new ArrayList<>();
    for (int i = 0; i < SERVICES; i++) {
      DmaDevice.Builder device = DmaDevice.builder("device" + i);
      if (i % 4 == 1) {
        device.addressMask((1L << 32) - 1);
      }
      if (i % 4 == 3) {
        device.contiguous();
      }
      FormatTable formats =
          FormatTable.linear(List.of(PixelFormat.NV12, PixelFormat.XRGB8888))
              .with(PixelFormat.XRGB8888, List.of(Modifier.LINEAR, TILED));
      all.add(
          ImporterNeeds.of(device.build())
              .withPixels(formats, 64, SizeLimits.ofFrames(16, 16, 8192, 8192)));
    }
    return all;
  }

  /** The exporters: low or high memory, scattered or in one run, with tiles or without. */
  private static List<ExporterOffer> exporters() {
    List<ExporterOffer> all = new ArrayList<>();
    for (int i = 0; i < SERVICES; i++) {
      Placement first = Placement.ofPages("memory", i);
      first = i % 2 == 0 ? first : first.inOneRun();
      first = i % 3 == 0 ? first.below((1L << 32) - 1) : first;
      Placement second = Placement.ofPages("other", 50).ofPeer();
      FormatTable formats =
          i % 5 == 0
              ? FormatTable.ANY.with(PixelFormat.XRGB8888, List.of(TILED, Modifier.LINEAR))
              : FormatTable.ANY;
      List<Placement> places = i % 4 == 0 ? List.of(first, second) : List.of(first);
      all.add(new ExporterOffer(i + 1, 0, "exporter" + i, "", formats, 1, SizeLimits.NONE, places));
    }
    return all;
  }

  /** A framework that knows all of them by what it has read of their properties. */
  @State(Scope.Thread)
  public static class Ours {
    private final DmaBufCore core = DmaBufCore.create();
    private final BufferRequest request =
        BufferRequest.frame(1920, 1080, PixelFormat.XRGB8888, PixelFormat.NV12);
    private DmaBufRegistry registry;

    /** Lists exporters and devices, as when their services come. */
    @Setup
    public void list() {
      registry = core.open("pipeline");
      BufferExporter exporter =
          (spec, caller) -> {
            throw new IllegalStateException("This is a question only");
          };
      for (ExporterOffer offer : exporters()) {
        core.catalog().add(ExporterOffer.of(offer.toProperties()), exporter);
      }
      long id = 0;
      for (ImporterNeeds needs : importers()) {
        core.catalog().add(++id, ImporterNeeds.of(needs.toProperties()));
      }
    }

    /** Gives everything back. */
    @TearDown
    public void close() {
      core.close();
    }
  }

  /** Felix with all of them as services. */
  @State(Scope.Thread)
  public static class Peer {
    private Path storage;
    private Framework felix;
    private BundleContext context;

    /** Starts Felix and registers them. */
    @Setup
    public void start() throws IOException, BundleException {
      storage = Files.createTempDirectory("negotiate");
      felix =
          new FrameworkFactory()
              .newFramework(Map.of("org.osgi.framework.storage", storage.toString()));
      felix.start();
      context = felix.getBundleContext();
      BufferExporter exporter =
          (spec, caller) -> {
            throw new IllegalStateException("This is a look-up only");
          };
      for (ExporterOffer offer : exporters()) {
        context.registerService(
            BufferExporter.class.getName(),
            exporter,
            FrameworkUtil.asDictionary(offer.toProperties()));
      }
      for (ImporterNeeds needs : importers()) {
        context.registerService(
            Importer.class.getName(), needs, FrameworkUtil.asDictionary(needs.toProperties()));
      }
    }

    /** Stops it and deletes what it stored. */
    @TearDown
    public void stop() throws IOException, BundleException, InterruptedException {
      felix.stop();
      felix.waitForStop(0);
      try (Stream<Path> files = Files.walk(storage)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  /** Ours: four devices are found by name, and everybody is weighed. */
  @Benchmark
  public Negotiation ours(Ours state) {
    Importer[] devices =
        state.registry.importers().stream()
            .filter(device -> device.name().endsWith("5") || device.name().endsWith("8"))
            .toArray(Importer[]::new);
    return state.registry.negotiate(state.request, devices);
  }

  /** The peer's: one look-up. */
  @Benchmark
  public ServiceReference<?>[] peer(Peer state) throws InvalidSyntaxException {
    return state.context.getServiceReferences(
        BufferExporter.class.getName(), "(&(dmabuf.formats=NV12)(dmabuf.pitch.align<=64))");
  }
}
