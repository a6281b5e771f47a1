package org.dmabuf.launcher;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Starts a product, hands a command to the bundle that offers it, and closes the product again.
 *
 * <p>A command is a service of type {@link Function} with the property {@code dmabuf.command}.
 */
final class CommandRunner {
  private static final Duration COMMAND_LIMIT = Duration.ofSeconds(20);

  private CommandRunner() {}

  /** Runs one command in a product that is started as it comes. */
  static CommandResult run(
      Product product,
      BundleSelection selection,
      String name,
      Map<String, Object> arguments,
      PrintWriter err)
      throws InterruptedException {
    return run(product, selection, name, arguments, Map.of(), err);
  }

  /**
   * Runs one command.
   *
   * @param more properties that the framework is started with
   * @throws InputException when a bundle that the caller gave does not start
   */
  static CommandResult run(
      Product product,
      BundleSelection selection,
      String name,
      Map<String, Object> arguments,
      Map<String, String> more,
      PrintWriter err)
      throws InterruptedException {
    Map<String, String> properties = properties(product, "--quiet --noshutdown --nointeractive");
    properties.putAll(more);
    try (RunningProduct running = RunningProduct.start(product, selection, properties)) {
      refuseBrokenBundles(product, selection, running);
      running.startErrors().forEach(err::println);
      Optional<Object> service =
          running.awaitService(
              "(&(objectClass=java.util.function.Function)(dmabuf.command=" + name + "))",
              COMMAND_LIMIT);
      if (service.isEmpty()) {
        return missing(name, running);
      }
      return call((Function<?, ?>) service.get(), arguments, running);
    }
  }

  @SuppressWarnings("unchecked")
  private static CommandResult call(
      Function<?, ?> command, Map<String, Object> arguments, RunningProduct running) {
    Object answer;
    try {
      answer = ((Function<Map<String, Object>, Object>) command).apply(arguments);
    } catch (RuntimeException | LinkageError e) {
      if (running.closed()) {
        return interrupted();
      }
      throw new IllegalStateException("The command failed: " + e, e);
    }
    if (running.closed()) {
      return interrupted();
    }
    return CommandResult.of((Map<?, ?>) answer);
  }

  /** By a signal: the JVM ends with the signal's own status, so this one is seen by nobody. */
  private static CommandResult interrupted() {
    return new CommandResult(ExitCode.FAILED.status(), List.of(), Map.of());
  }

  private static CommandResult missing(String name, RunningProduct running) {
    if (running.closed()) {
      return interrupted();
    }
    List<String> messages = new ArrayList<>();
    messages.add(
        "The command %s did not come within %d seconds."
            .formatted(name, COMMAND_LIMIT.toSeconds()));
    messages.addAll(running.problems());
    return new CommandResult(ExitCode.FAILED.status(), messages, Map.of());
  }

  private static void refuseBrokenBundles(
      Product product, BundleSelection selection, RunningProduct running) {
    for (String error : running.startErrors()) {
      for (BundleJar jar : selection.bundles()) {
        if (!jar.path().startsWith(product.folder().toAbsolutePath().normalize())
            && error.startsWith(jar.name() + ": ")) {
          throw new InputException("The bundle " + jar.path() + " does not start: " + error + ".");
        }
      }
    }
  }

  /**
   * Has people see nothing of the log, for a command that has drivers go wrong on purpose and says
   * itself what matters; the log that {@code DMABUF_LOG} names has all.
   */
  static void tellNothing() {
    System.setProperty("dmabuf.console", "OFF");
  }

  /** The properties of a run: how the shell behaves, and where the log goes. */
  static Map<String, String> properties(Product product, String shellArguments) {
    System.setProperty("java.util.logging.config.file", product.javaLogConfiguration().toString());
    System.setProperty("logback.configurationFile", product.logConfiguration().toUri().toString());
    System.setProperty("gosh.home", product.configuration().toString());
    String log = System.getenv("DMABUF_LOG");
    if (log != null && !log.isBlank()) {
      System.setProperty("dmabuf.log", Path.of(log).toAbsolutePath().toString());
    }
    Map<String, String> properties = new HashMap<>();
    properties.put("gosh.args", shellArguments);
    return properties;
  }
}
