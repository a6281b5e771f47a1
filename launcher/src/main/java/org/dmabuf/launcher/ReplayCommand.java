package org.dmabuf.launcher;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code dmabuf replay}: what a real kernel answered, asked again here. */
@Command(
    name = "replay",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description = {
      "Calls that were recorded on a real kernel, made again on the product's",
      "devices; every answer is compared with the recorded one. The clock is turned",
      "by hand, so it takes seconds."
    },
    footer = {
      "",
      "Exit status: 0 when no answer disagrees; 1 when one does; 2 for wrong input.",
      "DMABUF_LOG=FILE in the environment writes the whole log to FILE."
    })
final class ReplayCommand implements Callable<Integer> {
  private final Path products;
  private final PrintWriter out;
  private final PrintWriter err;
  private final ObjectMapper json = new ObjectMapper();

  @Parameters(paramLabel = "FILE", arity = "1..*", description = "traces, such as traces/fd.jsonl")
  private List<Path> files;

  @Option(names = "--list", description = "show each disagreement with both answers")
  private boolean list;

  @Option(
      names = "--real-time",
      description = "let time pass by the wall clock: minutes, and other work shows")
  private boolean realTime;

  @Option(names = "--report", paramLabel = "FILE.json", description = "write the counts")
  private Path report;

  ReplayCommand(Path products, PrintWriter out, PrintWriter err) {
    this.products = products;
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() throws Exception {
    Arguments.output("--report", report);
    List<TraceFile> traces = files.stream().map(TraceFile::read).toList();
    for (Path file : files) {
      Arguments.apart(file.toString(), "--report", report);
    }
    Product product = new Product(products.resolve(Product.HEADLESS));
    CommandResult result =
        CommandRunner.run(
            product,
            BundleSelection.of(product),
            "replay",
            arguments(traces),
            realTime ? Map.of() : Map.of("dmabuf.clock", "MANUAL"),
            err);
    result.messages().forEach(err::println);
    if (report != null && !result.report().isEmpty()) {
      ReportFile.write(report, result.report());
    }
    if (result.report().get("families") instanceof Map<?, ?> families) {
      families.forEach((family, counts) -> out.println(line(family, (Map<?, ?>) counts)));
    }
    return result.exit();
  }

  private Map<String, Object> arguments(List<TraceFile> traces) {
    Map<String, Object> arguments = new LinkedHashMap<>();
    arguments.put("traces", traces.stream().map(TraceFile::argument).toList());
    arguments.put("real_time", realTime);
    Consumer<Map<String, Object>> told = list ? this::show : found -> {};
    arguments.put("disagreement", told);
    return arguments;
  }

  private void show(Map<String, Object> found) {
    out.printf(
        "%s step %s, %s: recorded %s, here %s%n",
        found.get("scenario"),
        found.get("n"),
        found.get("op"),
        text(found.get("recorded")),
        text(found.get("here")));
  }

  private String text(Object answer) {
    try {
      return json.writeValueAsString(answer);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("An answer that is no JSON: " + answer, e);
    }
  }

  private static String line(Object family, Map<?, ?> counts) {
    return "%s: scenarios %s, steps %s, disagree %s"
        .formatted(family, counts.get("scenarios"), counts.get("steps"), counts.get("disagree"));
  }
}
