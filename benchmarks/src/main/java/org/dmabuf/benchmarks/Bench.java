package org.dmabuf.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Measures pairs, prints a table of them and writes it as JSON: what {@code ./dmabuf bench} starts
 * in a JVM of its own. Exit status 0 when all were measured, 1 when one failed, 2 for a pair that
 * there is not.
 */
public final class Bench {
  private static final String ROW = "%-18s %-44s %11s %11s %7s  %-18s %10s%n";

  private Bench() {}

  /**
   * Runs.
   *
   * @param args {@code [--quick] [--report FILE] [NAME...]}
   */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  private static int run(String... args) {
    Forks.Effort effort = Forks.Effort.FULL;
    Optional<Path> report = Optional.empty();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--quick" -> effort = Forks.Effort.QUICK;
        case "--report" -> report = Optional.of(Path.of(args[++i]));
        default -> names.add(args[i]);
      }
    }
    List<String> unknown = names.stream().filter(name -> !known().contains(name)).toList();
    if (!unknown.isEmpty()) {
      System.err.printf(
          "There is no benchmark '%s'; there are %s.%n",
          unknown.getFirst(), String.join(", ", known()));
      return 2;
    }
    try {
      List<Result> results = measure(new Forks(effort, System.err::println), names);
      print(results);
      report.ifPresent(file -> write(file, results));
      return 0;
    } catch (RunnerException | UncheckedIOException failed) {
      System.err.println(failed.getMessage() + ".");
      return 1;
    }
  }

  private static List<String> known() {
    return Pair.ALL.stream().map(Pair::name).toList();
  }

  private static List<Result> measure(Forks forks, List<String> names) throws RunnerException {
    List<Result> results = new ArrayList<>();
    for (Pair pair : Pair.ALL) {
      if (names.isEmpty() || names.contains(pair.name())) {
        results.add(forks.measure(pair));
      }
    }
    return results;
  }

  private static void print(List<Result> results) {
    System.out.printf(ROW, "name", "peer", "ours ns/op", "peer ns/op", "ratio", "95 %", "bytes/op");
    for (Result result : results) {
      System.out.printf(
          ROW,
          result.name(),
          result.peer(),
          number(result.oursNs(), result.oursNs() < 10 ? 2 : 1),
          number(result.peerNs(), result.peerNs() < 10 ? 2 : 1),
          ratio(result.ratio()),
          ratio(result.low()) + " to " + ratio(result.high()),
          number(result.oursBytes(), 1));
      result
          .beside()
          .forEach((what, value) -> System.out.printf("  %s %s%n", what, number(value, 1)));
    }
  }

  private static String number(double value, int digits) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }

  /** Of one that is far below 1, two digits would say nothing. */
  private static String ratio(double value) {
    return number(value, value < 0.1 ? 5 : 2);
  }

  private static void write(Path file, List<Result> results) {
    ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    try {
      json.writeValue(file.toFile(), Map.of("pairs", results));
    } catch (IOException refused) {
      throw new UncheckedIOException("The report cannot be written: " + file, refused);
    }
  }
}
