package org.dmabuf.storm;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaClock;
import org.dmabuf.pipeline.trial.Leaks;
import org.dmabuf.pipeline.trial.Successors;
import org.dmabuf.video.FrameSourceFactory;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * One storm: pipelines run, actions come, and all is taken down and looked at.
 *
 * <pre>
 *   pipelines -> importers beside -> [wait, action]* -> calm: no faults, no clients, all drivers
 *     -> pipelines show what they have -> importers beside gone -> what is left? -> report
 * </pre>
 */
final class Storm {
  private static final long EARLY_NANOS = 300_000_000_000L;

  private final BundleContext context;
  private final DmaBufRegistry registry;
  private final ConfigurationAdmin admin;
  private final FrameSourceFactory sources;
  private final StormOptions options;
  private final DmaClock clock;
  private final Pauses pauses = new Pauses();
  private final Loaders loaders = new Loaders();
  private final MemoryProbe memory = new MemoryProbe();
  private final List<String> faults = new ArrayList<>();
  private int stuck;

  Storm(
      BundleContext context,
      DmaBufRegistry registry,
      ConfigurationAdmin admin,
      FrameSourceFactory sources,
      StormOptions options) {
    this.context = context;
    this.registry = registry;
    this.admin = admin;
    this.sources = sources;
    this.options = options;
    this.clock = registry.clock();
  }

  /** Runs it to its end. */
  StormReport run() throws InterruptedException, BundleException, IOException {
    Leaks leaks = new Leaks(registry);
    long injected = registry.injected();
    StormReport report = new StormReport(options.seed(), options.pauseBoundMillis());
    Fleet fleet = Fleet.start(context, new Successors(options.jars()), loaders);
    Lines lines = Lines.start(context, admin, clock, sources, pauses);
    long began = clock.nanos();
    try (Crew crew =
        new Crew(fleet, new Faults(admin, lines.drivers()), new Guests(context, loaders), lines)) {
      blow(crew, fleet, lines, report);
      // While all is as it was at the first look.
      report.memory("end", memory.now());
      crew.calm().ifPresent(this::wrong);
      report.actions(crew.swaps(), crew.counts());
    }
    lines.failures().forEach(faults::add);
    stuck += lines.finish();
    long nanos = clock.nanos() - began;
    fleet.dissolve();
    report.frames(lines.counters(), nanos);
    report.substitutes(lines.substitutes());
    report.pauses(pauses);
    report.stuck(stuck);
    report.injected(registry.injected() - injected);
    Map<String, Object> left = leaks.find();
    report.leaks(left, leaks.threads());
    report.loaders(loaders.replaced(), loaders.collected(leaks));
    faults.forEach(report::fault);
    return report;
  }

  private void blow(Crew crew, Fleet fleet, Lines lines, StormReport report)
      throws InterruptedException {
    StormPlan plan = new StormPlan(options.seed(), fleet.ids());
    long began = clock.nanos();
    long early = began + Math.min(EARLY_NANOS, options.nanos() / 2);
    boolean noted = false;
    long last = began;
    while (clock.nanos() - began < options.nanos() && stuck == 0 && lines.failures().isEmpty()) {
      Action action = plan.next();
      clock.sleepUntil(clock.nanos() + action.waitMillis() * 1_000_000L);
      long now = clock.nanos();
      lines.passed(now - last, fleet, Optional.empty());
      crew.act(action).ifPresent(this::wrong);
      last = clock.nanos();
      lines.passed(last - now, fleet, action.seat());
      if (!noted && now >= early) {
        report.memory("early", memory.now());
        noted = true;
      }
      tell(crew, lines, now - began);
    }
  }

  private void wrong(String what) {
    faults.add(what);
    stuck++;
  }

  private void tell(Crew crew, Lines lines, long nanos) {
    Map<String, Object> progress = new LinkedHashMap<>();
    progress.put("frames", lines.frames());
    progress.put("rate", lines.frames() * 1e9 / Math.max(1, nanos));
    progress.put("swaps", crew.swaps());
    options.progress().accept(progress);
  }
}
