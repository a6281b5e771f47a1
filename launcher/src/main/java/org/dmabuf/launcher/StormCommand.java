package org.dmabuf.launcher;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code dmabuf storm}: drivers come, go and fail at random, and no frame is lost. */
@Command(
    name = "storm",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description = {
      "Three pipelines over all drivers, while their bundles are stopped, started, updated,",
      "refreshed and uninstalled at random, calls into them fail on purpose, and clients",
      "come and go. The same seed gives the same sequence of actions."
    },
    footer = {
      "",
      "Exit status: 0 when no frame was lost, nothing was leaked, the classes of all replaced",
      "bundles are gone, no thread is left, and 99 in 100 pauses of a pipeline that had a",
      "substitute were below 250 ms, or --pause-bound; 1 when that is not so; 2 for wrong input.",
      "DMABUF_LOG=FILE in the environment writes the whole log to FILE, with each action."
    })
final class StormCommand implements Callable<Integer> {
  private static final double LEAST_MINUTES = 0.01;
  private static final double MOST_MINUTES = 100_000;
  private static final double MOST_BOUND = 20_000;
  private static final long SEEDS = 1_000_000_000L;

  private final Path products;
  private final PrintWriter out;
  private final PrintWriter err;

  @Option(
      names = "--minutes",
      paramLabel = "N",
      defaultValue = "2",
      description = "how long, also 0.5 (default: 2)")
  private double minutes;

  @Option(
      names = "--seed",
      paramLabel = "S",
      description = "by which actions are drawn (default: another one each time, which is told)")
  private Long seed;

  @Option(
      names = "--pause-bound",
      paramLabel = "MS",
      defaultValue = "250",
      description = "what 99 in 100 pauses are below, for slow machines (default: 250)")
  private double pauseBound;

  @Option(
      names = "--report",
      paramLabel = "FILE.json",
      description = "write the report of the storm")
  private Path report;

  StormCommand(Path products, PrintWriter out, PrintWriter err) {
    this.products = products;
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() throws Exception {
    if (!(minutes >= LEAST_MINUTES && minutes <= MOST_MINUTES)) {
      throw new InputException(
          "--minutes takes a number from 0.01 to 100000, and not " + minutes + ".");
    }
    if (!(pauseBound > 0 && pauseBound <= MOST_BOUND)) {
      throw new InputException(
          "--pause-bound takes milliseconds above 0 and up to 20000, and not " + pauseBound + ".");
    }
    Arguments.output("--report", report);
    long drawn = seed == null ? ThreadLocalRandom.current().nextLong(SEEDS) : seed;
    // First of all, so that one that does not come to its end can be repeated.
    out.println("seed " + drawn);
    out.flush();
    Product product = new Product(products.resolve(Product.HEADLESS));
    BundleSelection selection = BundleSelection.of(product);
    boolean person = Terminal.present();
    Progress progress = person ? new TerminalProgress(out) : new PlainProgress(out);
    CommandRunner.tellNothing();
    CommandResult result =
        CommandRunner.run(product, selection, "storm", arguments(selection, drawn, progress), err);
    progress.end();
    result.messages().forEach(err::println);
    if (report != null && !result.report().isEmpty()) {
      ReportFile.write(report, result.report());
    }
    ReportText.lines(result.report(), person).forEach(out::println);
    return result.exit();
  }

  private Map<String, Object> arguments(BundleSelection selection, long drawn, Progress progress) {
    Map<String, Object> arguments = new LinkedHashMap<>();
    arguments.put("minutes", minutes);
    arguments.put("seed", drawn);
    arguments.put("pause.bound.ms", pauseBound);
    arguments.put("successors", selection.successors().stream().map(BundleJar::uri).toList());
    arguments.put("bundles", selection.bundles().stream().map(BundleJar::uri).toList());
    Consumer<Map<String, Object>> consumer = progress::show;
    arguments.put("progress", consumer);
    return arguments;
  }
}
