package org.dmabuf.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Runs the command as {@code ./dmabuf} does: a process of its own, whose temporary files go to a
 * folder of the test, so that what it leaves there is seen.
 *
 * <pre>
 *   folder/
 *     tmp/          the process's java.io.tmpdir
 *     out, err      what it printed
 *     report.json   with {@link #demo}
 * </pre>
 */
final class Dmabuf {
  private static final long LIMIT_SECONDS = 240;
  private static final Path PRODUCTS = Path.of(System.getProperty("products.dir"));

  private final Path folder;

  /**
   * Makes a runner.
   *
   * @param folder an empty folder of the test
   */
  Dmabuf(Path folder) {
    this.folder = folder;
  }

  /** A run that has ended. */
  record Run(int exit, List<String> out, List<String> err, Path report, Path tmp) {
    /** Reads the report, which must be there. */
    JsonNode json() throws IOException {
      return new ObjectMapper().readTree(report.toFile());
    }

    /** Returns one number of the report, such as {@code /frames/lost}. */
    long number(String pointer) throws IOException {
      JsonNode node = json().at(pointer);
      assertThat(node.isIntegralNumber()).as("%s in %s", pointer, json()).isTrue();
      return node.asLong();
    }

    /** Nothing stayed in the folder for temporary files. */
    Run leftNothing() throws IOException {
      try (Stream<Path> left = Files.list(tmp)) {
        assertThat(left).as("left in the folder for temporary files").isEmpty();
      }
      return this;
    }

    Run exits(int status) {
      assertThat(exit).as("exit status; stdout %s, stderr %s", out, err).isEqualTo(status);
      return this;
    }
  }

  /** Runs the demo without the shell, with a report, to its end. */
  Run demo(String... options) throws IOException, InterruptedException {
    return await(startDemo(options));
  }

  /** Runs a command to its end. */
  Run run(String... arguments) throws IOException, InterruptedException {
    return await(start(List.of(), arguments));
  }

  /** Starts the demo without the shell, with a report. */
  Process startDemo(String... options) throws IOException {
    return start(List.of(), demoArguments(options));
  }

  /** Starts a command with more options for java. */
  Process start(List<String> javaOptions, String... arguments) throws IOException {
    return builder(javaOptions, arguments)
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
        .start();
  }

  /** As {@link #start}; who calls writes its standard input. */
  Process startFed(String... arguments) throws IOException {
    return builder(List.of(), arguments).start();
  }

  private ProcessBuilder builder(List<String> javaOptions, String... arguments) throws IOException {
    Path tmp = Files.createDirectories(folder.resolve("tmp"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-XX:+UseSerialGC",
            "-Xshare:auto",
            "-XX:TieredStopAtLevel=1",
            "-XX:-UsePerfData",
            "-Djava.io.tmpdir=" + tmp));
    command.addAll(javaOptions);
    command.add("-jar");
    command.add(launcher().toString());
    command.addAll(Arrays.asList(arguments));
    return new ProcessBuilder(command)
        .directory(folder.toFile())
        .redirectOutput(out().toFile())
        .redirectError(err().toFile());
  }

  /** Waits for a process's end; one that hangs is ended, and fails the test. */
  Run await(Process process) throws IOException, InterruptedException {
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError(
          "The command did not end within "
              + LIMIT_SECONDS
              + " s; stdout "
              + Files.readAllLines(out())
              + ", stderr "
              + Files.readAllLines(err()));
    }
    return new Run(
        process.exitValue(),
        Files.readAllLines(out()),
        Files.readAllLines(err()),
        report(),
        folder.resolve("tmp"));
  }

  /**
   * Prepares the command of the source tree itself, with an mvn first on the PATH that only fails
   * and tells: a product that is out of date is not built anew while other tests use it.
   *
   * @return not started yet; it prints into {@link #out}
   */
  ProcessBuilder command(String... arguments) throws IOException {
    Path tools = Files.createDirectories(folder.resolve("tools"));
    Path mvn = tools.resolve("mvn");
    Files.writeString(
        mvn, "#!/bin/sh\necho called > '" + folder.resolve("mvn-was-called") + "'\nexit 1\n");
    assertThat(mvn.toFile().setExecutable(true)).isTrue();
    Path tmp = Files.createDirectories(folder.resolve("tmp"));
    List<String> command = new ArrayList<>(List.of(System.getProperty("dmabuf.command")));
    command.addAll(Arrays.asList(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("PATH", tools + ":" + System.getenv("PATH"));
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("DMABUF_JAVA_OPTS", "-Djava.io.tmpdir=" + tmp);
    return builder
        .directory(folder.toFile())
        .redirectErrorStream(true)
        .redirectOutput(out().toFile())
        .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
  }

  Path report() {
    return folder.resolve("report.json");
  }

  Path out() {
    return folder.resolve("out");
  }

  Path err() {
    return folder.resolve("err");
  }

  String[] demoArguments(String... options) {
    List<String> arguments = new ArrayList<>(List.of("demo", "--headless"));
    arguments.addAll(List.of("--report", report().toString()));
    arguments.addAll(Arrays.asList(options));
    return arguments.toArray(String[]::new);
  }

  /** Returns a jar of the product, by the symbolic name of its bundle. */
  static Path bundle(String name) {
    Path jar = PRODUCTS.resolve("default/bundles/" + name + "-1.0.0.jar").normalize();
    assertThat(jar).as("a bundle of the product").isRegularFile();
    return jar;
  }

  static Path launcher() {
    Path launcher = PRODUCTS.resolve("default/lib/org.dmabuf.launcher-1.0.0.jar").normalize();
    assertThat(launcher).as("the product, which mvn package makes").isRegularFile();
    return launcher;
  }
}
