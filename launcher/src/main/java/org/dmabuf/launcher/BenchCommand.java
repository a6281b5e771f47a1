package org.dmabuf.launcher;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * {@code dmabuf bench}: benchmarks beside what people would use instead. They run in a JVM of their
 * own, which forks others; those of a whole product start it there.
 */
@Command(
    name = "bench",
    mixinStandardHelpOptions = true,
    description = {
      "Measures pairs, ours and a peer's, in JVMs that take turns, and prints for each the median",
      "nanoseconds of both, their ratio with its interval of 95 %%, and the bytes ours allocates."
    })
final class BenchCommand implements Callable<Integer> {
  /** The folder with the benchmarks and all that they need; {@code ./dmabuf} sets it. */
  static final String FOLDER = "dmabuf.benchmarks";

  /** The folder of the product that is measured, as the benchmarks are told. */
  private static final String PRODUCT = "dmabuf.product";

  private static final String MAIN = "org.dmabuf.benchmarks.Bench";

  private final Path products;

  @Parameters(
      paramLabel = "NAME",
      arity = "0..*",
      description = "which pairs, as ref-get-put; without a name, all")
  private List<String> names = List.of();

  @Option(names = "--quick", description = "shorter, to see whether something is far off")
  private boolean quick;

  @Option(names = "--report", paramLabel = "FILE.json", description = "write the figures as JSON")
  private Path report;

  BenchCommand(Path products) {
    this.products = products;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    String folder = System.getProperty(FOLDER);
    if (folder == null || !Files.isDirectory(Path.of(folder))) {
      throw new InputException(
          "There are no benchmarks here (" + folder + "); './dmabuf bench' builds and runs them");
    }
    if (report != null && !Files.isDirectory(report.toAbsolutePath().getParent())) {
      throw new InputException("There is no folder for the report " + report);
    }
    Process process = new ProcessBuilder(command(Path.of(folder))).inheritIO().start();
    Thread end = new Thread(() -> endAll(process), "end of the benchmarks");
    Runtime.getRuntime().addShutdownHook(end);
    int status = process.waitFor();
    Runtime.getRuntime().removeShutdownHook(end);
    return status;
  }

  private List<String> command(Path folder) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("--sun-misc-unsafe-memory-access=allow");
    command.add("-D" + PRODUCT + "=" + products.resolve(Product.HEADLESS));
    command.add("-cp");
    command.add(folder.resolve("*").toString());
    command.add(MAIN);
    if (quick) {
      command.add("--quick");
    }
    if (report != null) {
      command.add("--report");
      command.add(report.toString());
    }
    command.addAll(names);
    return command;
  }

  /** Whoever interrupts the command leaves no fork behind. */
  private static void endAll(Process process) {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
  }
}
