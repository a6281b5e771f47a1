package org.dmabuf.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Measures a pair in JVMs that take turns, so that what changes on the machine meanwhile meets both
 * sides alike: ours, peer, ours, peer, ...
 */
final class Forks {
  /** How thoroughly. */
  enum Effort {
    /** To see whether something is far off. */
    QUICK(7, 3, 3, 150, 10),
    /** For figures that are told to others. */
    FULL(9, 5, 5, 500, 50);

    private final int pairs;
    private final int warmups;
    private final int iterations;
    private final int millis;
    private final int shots;

    Effort(int pairs, int warmups, int iterations, int millis, int shots) {
      this.pairs = pairs;
      this.warmups = warmups;
      this.iterations = iterations;
      this.millis = millis;
      this.shots = shots;
    }
  }

  /** The system property with the folder of the product, for pairs that measure that. */
  private static final String PRODUCT = "dmabuf.product";

  private static final String[] JVM = {
    "--enable-native-access=ALL-UNNAMED",
    "--sun-misc-unsafe-memory-access=allow",
    "-XX:+UseSerialGC",
    // the framework's log has no backend here
    "-Dslf4j.internal.verbosity=ERROR",
    "-Xms3g",
    "-Xmx3g",
    "-Xmn512m"
  };

  /** The figure of a shot that has the place of what is measured of others by a profiler. */
  private static final String BYTES = "bytes";

  /** Of a shot that is prepared for with much work, so many make it quick. */
  private static final int WARM_UP_SHOTS = 10;

  private final Effort effort;
  private final Consumer<String> progress;

  /**
   * Makes a measurement.
   *
   * @param progress is told of each fork
   */
  Forks(Effort effort, Consumer<String> progress) {
    this.effort = effort;
    this.progress = progress;
  }

  Result measure(Pair pair) throws RunnerException {
    List<Sample> ours = new ArrayList<>();
    List<Sample> peers = new ArrayList<>();
    List<String> options = options(pair);
    for (int i = 0; i < effort.pairs; i++) {
      progress.accept(pair.name() + ": pair of forks " + (i + 1) + " of " + effort.pairs);
      ours.add(fork(pair, "ours", options));
      peers.add(fork(pair, "peer", options));
    }
    return Result.of(pair, ours, peers);
  }

  /** With an incubating module the JVMs have a cache of classes of their own. */
  private List<String> options(Pair pair) {
    List<String> options = new ArrayList<>(List.of(JVM));
    options.addAll(pair.options());
    String product = System.getProperty(PRODUCT);
    if (product != null) {
      options.add("-D" + PRODUCT + "=" + product);
    }
    if (pair.options().contains("--add-modules")) {
      progress.accept(pair.name() + ": a cache of classes");
      try {
        options.add("-XX:AOTCache=" + AotCache.make(options));
      } catch (InterruptedException stopped) {
        Thread.currentThread().interrupt();
      }
    }
    return options;
  }

  private Sample fork(Pair pair, String method, List<String> jvm) throws RunnerException {
    if (pair.measured() == Pair.Measured.SHOT) {
      return shots(pair, method, jvm);
    }
    Sample alone = fork(pair, method, jvm, 1);
    if (pair.measured() == Pair.Measured.TIME) {
      return alone;
    }
    Sample together = fork(pair, method, jvm, 2);
    return new Sample(together.nanos() / alone.nanos(), together.bytes());
  }

  private Sample fork(Pair pair, String method, List<String> jvm, int threads)
      throws RunnerException {
    RunResult result =
        run(
            options(pair, method, jvm)
                .threads(threads)
                .warmupIterations(effort.warmups)
                .warmupTime(TimeValue.milliseconds(effort.millis))
                .measurementIterations(effort.iterations)
                .measurementTime(TimeValue.milliseconds(effort.millis))
                .addProfiler(GCProfiler.class)
                .build());
    return new Sample(
        result.getPrimaryResult().getScore(),
        result.getSecondaryResults().get("gc.alloc.rate.norm").getScore());
  }

  /** What is measured beside them the benchmark says itself. */
  private Sample shots(Pair pair, String method, List<String> jvm) throws RunnerException {
    RunResult result =
        run(
            options(pair, method, jvm)
                .warmupIterations(WARM_UP_SHOTS)
                .measurementIterations(effort.shots)
                .build());
    Map<String, Double> beside = new TreeMap<>();
    result
        .getSecondaryResults()
        .forEach((name, figure) -> beside.put(name.replace("Millis", "_ms"), median(figure)));
    double bytes = beside.remove(BYTES);
    beside.values().removeIf(none -> none == 0);
    return new Sample(median(result.getPrimaryResult()), bytes, beside);
  }

  private static double median(org.openjdk.jmh.results.Result<?> shots) {
    return shots.getStatistics().getPercentile(50);
  }

  private static RunResult run(Options options) throws RunnerException {
    Collection<RunResult> results = new Runner(options).run();
    return results.iterator().next();
  }

  private static ChainedOptionsBuilder options(Pair pair, String method, List<String> jvm) {
    return new OptionsBuilder()
        .include("^" + Pattern.quote(pair.benchmark().getName() + "." + method) + "$")
        .forks(1)
        .jvmArgs(jvm.toArray(String[]::new))
        .verbosity(VerboseMode.SILENT)
        .shouldFailOnError(true);
  }
}
