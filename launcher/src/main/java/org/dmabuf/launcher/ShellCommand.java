package org.dmabuf.launcher;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code dmabuf shell}: the default product with Gogo, for a person or for a script. */
@Command(
    name = "shell",
    mixinStandardHelpOptions = true,
    description = {
      "The default product with a shell to look inside (type 'help', and 'exit' to end).",
      "Commands can also come from -c or, line by line, from standard input."
    })
final class ShellCommand implements Callable<Integer> {
  private static final Duration SHELL_LIMIT = Duration.ofSeconds(20);

  private final Path products;
  private final PrintWriter out;
  private final PrintWriter err;

  @Option(names = "-c", paramLabel = "CMD", description = "run this command and end")
  private String command;

  @Option(
      names = "--bundles",
      paramLabel = "FOLDER",
      description = "bundles that take the place of the product's, or are added to them")
  private Path bundles;

  ShellCommand(Path products, PrintWriter out, PrintWriter err) {
    this.products = products;
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() throws Exception {
    Product product = new Product(products.resolve(Product.DEFAULT));
    BundleSelection selection =
        bundles == null ? BundleSelection.of(product) : BundleSelection.of(product, bundles);
    boolean interactive = command == null && Terminal.present();
    String shellArguments = interactive ? "" : "--quiet --noshutdown --nointeractive";
    GogoSession.Streams streams = GogoSession.Streams.current();
    try (RunningProduct running =
        RunningProduct.start(
            product, selection, CommandRunner.properties(product, shellArguments))) {
      running.startErrors().forEach(err::println);
      if (interactive) {
        // the shell stops the framework when it ends
        running.awaitStop();
        return ExitCode.OK.status();
      }
      return script(running, streams);
    }
  }

  private int script(RunningProduct running, GogoSession.Streams streams) throws Exception {
    Object processor =
        running
            .awaitService("(objectClass=" + GogoSession.PROCESSOR + ")", SHELL_LIMIT)
            .orElse(null);
    if (processor == null) {
      err.println("The shell did not come within " + SHELL_LIMIT.toSeconds() + " seconds.");
      running.problems().forEach(err::println);
      return ExitCode.FAILED.status();
    }
    try (GogoSession session = new GogoSession(processor, streams)) {
      if (command != null) {
        return execute(session, List.of(command));
      }
      BufferedReader input =
          new BufferedReader(new InputStreamReader(streams.in(), Charset.defaultCharset()));
      return execute(session, () -> input.lines().iterator());
    }
  }

  /** Runs each line; the first that fails ends the script. */
  private int execute(GogoSession session, Iterable<String> lines) {
    for (String line : lines) {
      String text = line.strip();
      if (text.equals("exit")) {
        break;
      }
      if (!text.isEmpty() && !text.startsWith("#")) {
        try {
          String result = session.execute(text);
          if (!result.isEmpty()) {
            out.println(result);
          }
        } catch (GogoSession.CommandFailed e) {
          err.println(text + ": " + e.getMessage());
          return ExitCode.FAILED.status();
        }
      }
    }
    return ExitCode.OK.status();
  }
}
