package org.dmabuf.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaClock;
import org.dmabuf.display.Picture;
import org.dmabuf.memory.Transfer;
import org.dmabuf.pipeline.Pipeline;
import org.dmabuf.pipeline.PipelineCounters;
import org.dmabuf.pipeline.PipelinePlan;
import org.dmabuf.pipeline.PipelineSetup;
import org.dmabuf.pipeline.PipelineStatus;
import org.dmabuf.pipeline.trial.Leaks;
import org.dmabuf.pipeline.trial.Successors;
import org.dmabuf.video.SourceInfo;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.util.tracker.ServiceTracker;

/**
 * One run: configure, let frames flow, swap, take down, look for what was left.
 *
 * <pre>
 *   configurations -> pipeline there -> [frame n: swap]* -> over -> snapshot -> configurations gone -> report
 * </pre>
 */
final class DemoRun {
  private static final String NAME = "demo";
  private static final long START_NANOS = 15_000_000_000L;
  private static final long PROGRESS_NANOS = 100_000_000L;

  private final BundleContext context;
  private final DmaBufRegistry registry;
  private final ConfigurationAdmin admin;
  private final DemoOptions options;
  private final SourceInfo info;
  private final OptionalLong frames;
  private final SwapPlan plan;
  private final List<SwapRecord> swaps = new ArrayList<>();
  private final List<String> messages = new ArrayList<>();
  private final List<String> failures = new ArrayList<>(); // of pipelines beside the followed one

  DemoRun(
      BundleContext context,
      DmaBufRegistry registry,
      ConfigurationAdmin admin,
      DemoOptions options,
      SourceInfo info) {
    this.context = context;
    this.registry = registry;
    this.admin = admin;
    this.options = options;
    this.info = info;
    this.frames = options.framesOf(info);
    this.plan = SwapPlan.of(options.swap(), frames);
  }

  Map<String, Object> run() throws InterruptedException {
    Leaks leaks = new Leaks(registry);
    Map<Transfer, Long> before = registry.meter().snapshot();
    long moves = registry.meter().moves();
    try (FastRegion _ =
        FastRegion.start(context, admin, options.exporter(), info, options.pipelines())) {
      return run(leaks, before, moves);
    }
  }

  private Map<String, Object> run(Leaks leaks, Map<Transfer, Long> before, long moves)
      throws InterruptedException {
    PipelineCounters counters;
    PipelineStatus end;
    List<PipelineCounters> each = new ArrayList<>();
    PipelinePlan pipelinePlan = pipelinePlan();
    try (PipelineSetup _ = PipelineSetup.start(admin, pipelinePlan);
        Companions companions =
            Companions.start(context, admin, registry.clock(), pipelinePlan, options.pipelines())) {
      ServiceTracker<Pipeline, Pipeline> tracker = track();
      try {
        Pipeline pipeline = tracker.waitForService(START_NANOS / 1_000_000);
        if (pipeline == null) {
          throw new IllegalStateException(
              "The pipeline did not start within 15 s; the log says why");
        }
        try (Viewer _ = Viewer.start(pipeline::snapshot, options.screen())) {
          end = follow(pipeline);
        }
        snapshot(pipeline);
        failures.addAll(companions.awaitEnd());
        each.add(pipeline.counters());
        each.addAll(companions.counters());
        counters = each.stream().reduce(PipelineCounters::plus).orElseThrow();
      } finally {
        tracker.close();
      }
    }
    Map<String, Object> left = leaks.find();
    if (Leaks.isLeft(left) && !leaks.threads().isEmpty()) {
      messages.add("Threads that still run: " + leaks.threads() + ".");
    }
    List<Boolean> collected = new ArrayList<>();
    for (SwapRecord swap : swaps) {
      collected.add(leaks.isCollected(swap.loader()));
    }
    Report report =
        new Report(
            each,
            before,
            registry.meter().snapshot(),
            registry.meter().moves() - moves,
            swaps,
            collected,
            left);
    return answer(end, counters, report);
  }

  private Map<String, Object> answer(PipelineStatus end, PipelineCounters counters, Report report) {
    boolean well =
        end.state() == PipelineStatus.State.ENDED
            && failures.isEmpty()
            && report.faults().isEmpty();
    failures.forEach(why -> messages.add(why.endsWith(".") ? why : why + "."));
    if (end.state() == PipelineStatus.State.FAILED) {
      messages.add(end.message().endsWith(".") ? end.message() : end.message() + ".");
    }
    if (counters.errors() > 0) {
      messages.add(
          counters.errors() + " frames could not be had from the source; the log says why.");
    }
    if (swaps.size() < plan.swaps().size()) {
      well = false;
      messages.add(
          "Only "
              + swaps.size()
              + " of "
              + plan.swaps().size()
              + " swaps were done before the end.");
    }
    messages.addAll(report.faults());
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("exit", well ? 0 : 1);
    answer.put("messages", messages);
    answer.put("report", report.asMap());
    return answer;
  }

  private PipelinePlan pipelinePlan() {
    PipelinePlan made =
        new PipelinePlan(
            NAME,
            options.source().withLoop(options.loops(info)),
            info,
            options.exporter(),
            options.rate(),
            options.buffers(),
            frames,
            firstStop(),
            options.record());
    return options.conversion().map(made::withConversion).orElse(made);
  }

  private String filter(Role role) {
    return switch (role) {
      case EXPORTER -> "(dmabuf.exporter=" + options.exporter() + ")";
      case CAPTURE -> "(dmabuf.device=" + PipelineSetup.CAPTURE + ")";
      case DISPLAY -> "(dmabuf.device=" + PipelineSetup.DISPLAY + ")";
    };
  }

  private ServiceTracker<Pipeline, Pipeline> track() {
    ServiceTracker<Pipeline, Pipeline> tracker = Companions.track(context, NAME);
    tracker.open();
    return tracker;
  }

  private PipelineStatus follow(Pipeline pipeline) throws InterruptedException {
    Monitor monitor = new Monitor(registry.clock());
    List<String> jars = new ArrayList<>(options.successors());
    jars.addAll(options.bundles());
    Swapper swapper = new Swapper(context, new Successors(jars), monitor, options.buffers());
    pipeline.addListener(monitor);
    try {
      for (int i = 0; i < plan.swaps().size(); i++) {
        SwapPlan.Swap swap = plan.swaps().get(i);
        awaitFrame(monitor, swap.frame(), pipeline);
        if (monitor.displayed() < swap.frame()) {
          break;
        }
        swaps.add(swapper.swap(swap, filter(swap.role()), pipeline, stopAfter(i + 1)));
      }
      pipeline.allow(Long.MAX_VALUE);
      awaitFrame(monitor, Long.MAX_VALUE, pipeline);
      return monitor.status();
    } finally {
      pipeline.removeListener(monitor);
    }
  }

  /** Up to which frame the pipeline may show before the first swap has begun. */
  private long firstStop() {
    return stopAfter(0);
  }

  /**
   * A pipeline that runs free could be at its end before a swap begins: so it is held back at that
   * frame until then, with its other buffers in flight.
   */
  private long stopAfter(int swap) {
    return swap < plan.swaps().size() ? plan.swaps().get(swap).frame() : Long.MAX_VALUE;
  }

  private void awaitFrame(Monitor monitor, long frame, Pipeline pipeline)
      throws InterruptedException {
    DmaClock clock = registry.clock();
    long began = clock.nanos();
    long from = monitor.displayed();
    while (!monitor.await(frame, PROGRESS_NANOS)) {
      Map<String, Object> progress = new LinkedHashMap<>();
      progress.put("frames", monitor.displayed());
      frames.ifPresent(total -> progress.put("total", total));
      progress.put("rate", (monitor.displayed() - from) * 1e9 / Math.max(1, clock.nanos() - began));
      progress.put("latency_us", pipeline.counters().latency().p50Micros());
      progress.put("swaps", swaps.size());
      options.progress().accept(progress);
    }
  }

  private void snapshot(Pipeline pipeline) {
    if (options.snapshot().isEmpty()) {
      return;
    }
    Optional<Picture> picture = pipeline.snapshot();
    if (picture.isEmpty()) {
      messages.add("Nothing is on the screen; no snapshot was written.");
      return;
    }
    try {
      SnapshotFile.write(picture.get(), Path.of(options.snapshot().get()));
    } catch (IOException failed) {
      messages.add("The snapshot could not be written: " + failed.getMessage() + ".");
    }
  }
}
