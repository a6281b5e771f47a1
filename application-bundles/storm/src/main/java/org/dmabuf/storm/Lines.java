package org.dmabuf.storm;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.dmabuf.DmaClock;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.pipeline.Conversion;
import org.dmabuf.pipeline.PipelineCounters;
import org.dmabuf.pipeline.PipelinePlan;
import org.dmabuf.pipeline.PipelineStatus;
import org.dmabuf.video.FrameSourceFactory;
import org.dmabuf.video.SourceInfo;
import org.dmabuf.video.SourceRequest;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * The pipelines of the storm. Together they have all exporters and all importers; each can have its
 * buffers from two exporters of different bundles.
 *
 * <pre>
 *   storm-0   pattern -> capture0 -> display0              system, or gem
 *   storm-1   pattern -> capture1 -> display1              gem, or vram
 *   storm-2   pattern -> capture2 -> convert2 -> display2  reserved, or vram
 * </pre>
 */
final class Lines {
  private static final List<String> EXPORTERS = List.of("system,gem", "gem,vram", "reserved,vram");
  private static final int CONVERTS = 2;
  private static final int WIDTH = 320;
  private static final int HEIGHT = 240;
  private static final int BUFFERS = 4;
  private static final String RATE = "60";

  private final List<Line> lines = new ArrayList<>();
  // For each role how long it had a substitute, and how long in all, in ns.
  private final Map<Role, long[]> substitutes = new EnumMap<>(Role.class);

  /** Starts them, or none. */
  static Lines start(
      BundleContext context,
      ConfigurationAdmin admin,
      DmaClock clock,
      FrameSourceFactory sources,
      Pauses pauses)
      throws InterruptedException {
    SourceRequest request = SourceRequest.of("pattern").withSize(WIDTH, HEIGHT);
    SourceInfo info = sources.probe(request);
    Lines started = new Lines();
    try {
      for (int number = 0; number < EXPORTERS.size(); number++) {
        PipelinePlan plan =
            new PipelinePlan(
                "storm-" + number,
                request,
                info,
                EXPORTERS.get(number),
                RATE,
                BUFFERS,
                OptionalLong.empty(),
                Long.MAX_VALUE,
                Optional.empty());
        PipelinePlan whole =
            number == CONVERTS
                ? plan.withConversion(new Conversion(PixelFormat.XRGB8888, 0, 0))
                : plan;
        started.lines.add(Line.start(context, admin, clock, pauses, whole, number));
      }
      return started;
    } catch (RuntimeException | InterruptedException failed) {
      started.finish();
      throw failed;
    }
  }

  /** An action on a seat begins. */
  void begin(Action action, SeatId seat, Fleet fleet) {
    lines.forEach(line -> line.begin(action, seat, fleet));
  }

  void done() {
    lines.forEach(line -> line.watch().done());
  }

  /**
   * Notes which roles have had a substitute for a time.
   *
   * @param busy to which seat something was done meanwhile, which then was no substitute
   */
  void passed(long nanos, Fleet fleet, Optional<SeatId> busy) {
    for (Line line : lines) {
      line.roles()
          .forEach(
              (role, drivers) -> {
                long[] times = substitutes.computeIfAbsent(role, first -> new long[2]);
                times[0] += fleet.running(drivers, busy) > 1 ? nanos : 0;
                times[1] += nanos;
              });
    }
  }

  /** The part of the time in which each role had a substitute. */
  Map<String, Double> substitutes() {
    Map<String, Double> parts = new LinkedHashMap<>();
    substitutes.forEach(
        (role, times) ->
            parts.put(role.label(), Math.round(1000.0 * times[0] / times[1]) / 1000.0));
    return parts;
  }

  /** The symbolic names of the drivers that pipelines have, by role and in order. */
  Map<Role, List<String>> drivers() {
    Map<Role, List<String>> drivers = new EnumMap<>(Role.class);
    for (Role role : Role.values()) {
      drivers.put(
          role,
          lines.stream()
              .flatMap(line -> line.roles().getOrDefault(role, Set.of()).stream())
              .distinct()
              .sorted()
              .toList());
    }
    return drivers;
  }

  /** How many frames have come onto screens. */
  long frames() {
    return lines.stream().mapToLong(line -> line.watch().frames()).sum();
  }

  /** What those say that have failed. */
  List<String> failures() {
    return lines.stream()
        .filter(line -> line.watch().status().state() == PipelineStatus.State.FAILED)
        .map(line -> line.name() + ": " + line.watch().status().message())
        .toList();
  }

  /** Has all come to their end; returns how many did not. */
  int finish() throws InterruptedException {
    int stuck = 0;
    for (Line line : lines.reversed()) {
      stuck += line.finish() ? 0 : 1;
    }
    return stuck;
  }

  /** What each has counted, by name. */
  Map<String, PipelineCounters> counters() {
    Map<String, PipelineCounters> counters = new LinkedHashMap<>();
    lines.forEach(line -> counters.put(line.name(), line.counters()));
    return counters;
  }
}
