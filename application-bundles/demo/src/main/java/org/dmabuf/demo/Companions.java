package org.dmabuf.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.dmabuf.DmaClock;
import org.dmabuf.pipeline.Pipeline;
import org.dmabuf.pipeline.PipelineCounters;
import org.dmabuf.pipeline.PipelinePlan;
import org.dmabuf.pipeline.PipelineSetup;
import org.dmabuf.pipeline.PipelineStatus;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.util.tracker.ServiceTracker;

/**
 * The pipelines that run beside the one that is followed: each with a source and devices of its
 * own, of the same bundles, so that a swap is one of theirs, too.
 *
 * <pre>
 *   start() -> (the followed one runs, drivers are swapped) -> awaitEnd() -> counters() -> close()
 * </pre>
 *
 * <p>Used by the demo's thread.
 */
final class Companions implements AutoCloseable {
  private static final long START_MILLIS = 15_000;
  private static final long LOOK_NANOS = 1_000_000_000L;

  /** One of them. */
  private record Companion(
      String name, ServiceTracker<Pipeline, Pipeline> tracker, Monitor monitor) {}

  private final List<PipelineSetup> setups = new ArrayList<>();
  private final List<Companion> all = new ArrayList<>();

  /**
   * Starts them.
   *
   * @param plan that of the followed one
   * @param pipelines how many there are with that one
   */
  static Companions start(
      BundleContext context,
      ConfigurationAdmin admin,
      DmaClock clock,
      PipelinePlan plan,
      int pipelines)
      throws InterruptedException {
    Companions companions = new Companions();
    try {
      for (int number = 1; number < pipelines; number++) {
        String name = plan.name() + "-" + number;
        companions.setups.add(PipelineSetup.start(admin, plan.beside(name), number));
        companions.follow(context, name, new Monitor(clock));
      }
      return companions;
    } catch (RuntimeException | InterruptedException failed) {
      companions.close();
      throw failed;
    }
  }

  private void follow(BundleContext context, String name, Monitor monitor)
      throws InterruptedException {
    ServiceTracker<Pipeline, Pipeline> tracker = track(context, name);
    all.add(new Companion(name, tracker, monitor));
    tracker.open();
    Pipeline pipeline = tracker.waitForService(START_MILLIS);
    if (pipeline == null) {
      throw new IllegalStateException(
          "Pipeline " + name + " did not start within 15 s; the log says why");
    }
    pipeline.addListener(monitor);
  }

  /** Tracks the pipeline of a name. */
  static ServiceTracker<Pipeline, Pipeline> track(BundleContext context, String name) {
    try {
      String filter = "(&(objectClass=" + Pipeline.class.getName() + ")(name=" + name + "))";
      return new ServiceTracker<>(context, context.createFilter(filter), null);
    } catch (InvalidSyntaxException wrong) {
      throw new IllegalStateException("The filter of pipeline " + name + " is wrong", wrong);
    }
  }

  /** Waits until all are over; returns what those say that failed. */
  List<String> awaitEnd() throws InterruptedException {
    List<String> failures = new ArrayList<>();
    for (Companion companion : all) {
      while (!companion.monitor().await(Long.MAX_VALUE, LOOK_NANOS)) {
        // Its own watchdogs see to it that it ends.
      }
      PipelineStatus end = companion.monitor().status();
      if (end.state() == PipelineStatus.State.FAILED) {
        failures.add(companion.name() + ": " + end.message());
      }
    }
    return failures;
  }

  /** Returns what each has counted. */
  List<PipelineCounters> counters() {
    return all.stream()
        .flatMap(companion -> Optional.ofNullable(companion.tracker().getService()).stream())
        .map(Pipeline::counters)
        .toList();
  }

  @Override
  public void close() {
    for (Companion companion : all) {
      Pipeline pipeline = companion.tracker().getService();
      if (pipeline != null) {
        pipeline.removeListener(companion.monitor());
      }
      companion.tracker().close();
    }
    setups.reversed().forEach(PipelineSetup::close);
  }
}
