package org.dmabuf.storm;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.dmabuf.DmaClock;
import org.dmabuf.display.kms.DisplayDevice;
import org.dmabuf.negotiation.BufferExporter;
import org.dmabuf.pipeline.Pipeline;
import org.dmabuf.pipeline.PipelineCounters;
import org.dmabuf.pipeline.PipelinePlan;
import org.dmabuf.pipeline.PipelineSetup;
import org.dmabuf.pipeline.PipelineStatus;
import org.dmabuf.video.VideoDevice;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.util.tracker.ServiceTracker;

/**
 * One pipeline in the storm, with a source and devices of its own, and which drivers it has.
 *
 * <p>Used by one thread at a time.
 */
final class Line {
  private static final long START_MILLIS = 15_000;
  private static final long FINISH_NANOS = 15_000_000_000L;

  private final BundleContext context;
  private final String name;
  private final PipelineSetup setup;
  private final PauseWatch watch;
  private final Map<Role, Set<String>> roles = new EnumMap<>(Role.class); // symbolic names, by role
  private Pipeline pipeline;

  private Line(BundleContext context, String name, PipelineSetup setup, PauseWatch watch) {
    this.context = context;
    this.name = name;
    this.setup = setup;
    this.watch = watch;
  }

  /**
   * Starts one and waits until it is there, and all of its drivers are.
   *
   * @param number which, from 0
   */
  static Line start(
      BundleContext context,
      ConfigurationAdmin admin,
      DmaClock clock,
      Pauses pauses,
      PipelinePlan plan,
      int number)
      throws InterruptedException {
    PipelineSetup setup = PipelineSetup.start(admin, plan, number);
    PauseWatch watch = new PauseWatch(plan.name(), clock, pauses, plan.buffers());
    Line line = new Line(context, plan.name(), setup, watch);
    try {
      line.pipeline = line.await(Pipeline.class, "name", plan.name());
      line.pipeline.addListener(watch);
      line.role(Role.CAPTURE, VideoDevice.class, VideoDevice.NAME, "capture" + number);
      line.role(Role.DISPLAY, DisplayDevice.class, DisplayDevice.NAME, "display" + number);
      if (plan.conversion().isPresent()) {
        line.role(Role.CONVERTER, VideoDevice.class, VideoDevice.NAME, "convert" + number);
      }
      for (String exporter : plan.exporter().split(",", -1)) {
        line.role(Role.EXPORTER, BufferExporter.class, "dmabuf.exporter", exporter);
      }
      if (!watch.awaitFrame(TimeUnit.MILLISECONDS.toNanos(START_MILLIS))) {
        throw new IllegalStateException(
            "Pipeline " + plan.name() + " shows nothing after 15 s: " + watch.status().message());
      }
      return line;
    } catch (RuntimeException | InterruptedException failed) {
      setup.close();
      throw failed;
    }
  }

  private <S> S await(Class<S> type, String property, String value) throws InterruptedException {
    ServiceTracker<S, S> tracker =
        tracker(type, "(&(objectClass=" + type.getName() + ")(" + property + "=" + value + "))");
    tracker.open();
    try {
      S service = tracker.waitForService(START_MILLIS);
      if (service == null) {
        throw new IllegalStateException(
            "Pipeline " + name + " lacks " + value + " after 15 s; the log says why");
      }
      return service;
    } finally {
      tracker.close();
    }
  }

  private <S> ServiceTracker<S, S> tracker(Class<S> type, String filter) {
    try {
      return new ServiceTracker<>(context, context.createFilter(filter), null);
    } catch (InvalidSyntaxException wrong) {
      throw new IllegalStateException("The filter " + filter + " of " + type + " is wrong", wrong);
    }
  }

  /** Notes whose a device of the pipeline is. */
  private <S> void role(Role role, Class<S> type, String property, String value)
      throws InterruptedException {
    await(type, property, value);
    try {
      for (ServiceReference<S> found :
          context.getServiceReferences(type, "(" + property + "=" + value + ")")) {
        roles
            .computeIfAbsent(role, first -> new TreeSet<>())
            .add(found.getBundle().getSymbolicName());
      }
    } catch (InvalidSyntaxException wrong) {
      throw new IllegalStateException(
          role.label() + " of " + name + " is looked for in vain", wrong);
    }
  }

  /** The symbolic names of the drivers that can do each of its roles. */
  Map<Role, Set<String>> roles() {
    return roles;
  }

  String name() {
    return name;
  }

  PauseWatch watch() {
    return watch;
  }

  /** A driver is about to be taken away, or to come. */
  void begin(Action action, SeatId seat, Fleet fleet) {
    List<Set<String>> concerned =
        roles.values().stream().filter(drivers -> drivers.contains(seat.driver())).toList();
    if (!concerned.isEmpty()) {
      watch.begin(
          action.toString(),
          concerned.stream().allMatch(drivers -> fleet.running(drivers, Optional.of(seat)) > 0));
    }
  }

  /** Has it show what is in flight and end; returns whether it did, in time and well. */
  boolean finish() throws InterruptedException {
    boolean failed = watch.status().state() == PipelineStatus.State.FAILED;
    setup.close();
    return watch.awaitOver(FINISH_NANOS) && !failed;
  }

  /** What it has counted; also after its end. */
  PipelineCounters counters() {
    return pipeline.counters();
  }
}
