package org.dmabuf.shell;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.felix.service.command.Descriptor;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaClock;
import org.dmabuf.pipeline.Pipeline;
import org.dmabuf.pipeline.PipelineCounters;
import org.dmabuf.pipeline.PipelineStatus;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The command {@code pipelines}. Thread-safe. */
@Component(
    service = PipelinesCommand.class,
    property = {"osgi.command.scope=dmabuf", "osgi.command.function=pipelines"})
public final class PipelinesCommand {
  /** Over how long the rate is measured. */
  static final long MEASURE_NANOS = 500_000_000;

  private record Sample(
      String name, PipelineStatus status, PipelineCounters counters, long atNanos) {}

  private final Services services;
  private final DmaClock clock;

  /** Looks at the services of the product when it is asked. */
  @Activate
  public PipelinesCommand(BundleContext context, @Reference DmaBufRegistry registry) {
    this(new RegisteredServices(context), registry.clock());
  }

  PipelinesCommand(Services services, DmaClock clock) {
    this.services = services;
    this.clock = clock;
  }

  /**
   * Returns each pipeline's state and counters. Takes half a second when one runs, for its rate.
   *
   * @throws InterruptedException when interrupted meanwhile
   */
  @Descriptor("what each pipeline does: its state, what it waits for, its rate and its counters")
  public String pipelines() throws InterruptedException {
    Map<String, Sample> before = new TreeMap<>();
    samples().forEach(sample -> before.put(sample.name(), sample));
    if (before.values().stream().anyMatch(sample -> !sample.status().isOver())) {
      clock.sleepUntil(clock.nanos() + MEASURE_NANOS);
    }
    List<Sample> now = samples();
    if (now.isEmpty()) {
      return "There is no pipeline; 'pipeline start' makes one.";
    }
    TextTable table =
        new TextTable("NAME", "STATE", "CAPTURED", "DISPLAYED", "RATE", "LATENCY p50/p99/max");
    for (Sample sample : now) {
      add(table, sample, Optional.ofNullable(before.get(sample.name())));
    }
    return table.text();
  }

  private List<Sample> samples() {
    return services.ask(
        Pipeline.class,
        Pipeline.NAME,
        (who, pipeline) ->
            new Sample(pipeline.name(), pipeline.status(), pipeline.counters(), clock.nanos()));
  }

  private static void add(TextTable table, Sample sample, Optional<Sample> before) {
    PipelineCounters counters = sample.counters();
    table.row(
        sample.name(),
        sample.status().state(),
        counters.captured(),
        counters.displayed(),
        before.map(earlier -> rate(earlier, sample)).orElse("-"),
        latency(counters.latency()));
    if (!sample.status().message().isEmpty()) {
      table.detail(sample.status().message());
    }
    table.detail(
        "lost %d, repeated %d, out of order %d, errors %d, dropped %d, checksum mismatches %d"
            .formatted(
                counters.lost(),
                counters.repeated(),
                counters.outOfOrder(),
                counters.errors(),
                counters.dropped(),
                counters.checksumMismatches()));
    table.detail(
        "written by capture %s, read by display %s"
            .formatted(
                Units.bytes(counters.writtenByCapture()), Units.bytes(counters.readByDisplay())));
  }

  private static String rate(Sample before, Sample now) {
    long nanos = now.atNanos() - before.atNanos();
    if (now.status().isOver() || nanos <= 0) {
      return "-";
    }
    long frames = now.counters().displayed() - before.counters().displayed();
    return String.format(Locale.ROOT, "%.1f/s", frames * 1e9 / nanos);
  }

  private static String latency(PipelineCounters.Latency latency) {
    return String.format(
        Locale.ROOT,
        "%.1f/%.1f/%.1f ms",
        latency.p50Micros() / 1000,
        latency.p99Micros() / 1000,
        latency.maxMicros() / 1000);
  }
}
