package org.dmabuf.launcher;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code dmabuf demo}: camera to display without a copy, with the drivers replaced under it. */
@Command(
    name = "demo",
    sortOptions = false,
    mixinStandardHelpOptions = true,
    description = {
      "Video from a capture device to a display without a copy in between,",
      "while the bundles of the drivers are replaced one after the other."
    },
    footer = {
      "",
      "Exit status: 0 when nothing was lost, copied or leaked; 1 when something was; 2 for wrong"
          + " input.",
      "DMABUF_LOG=FILE in the environment writes the whole log to FILE."
    })
final class DemoCommand implements Callable<Integer> {
  private final Path products;
  private final PrintWriter out;
  private final PrintWriter err;

  @Option(
      names = "--source",
      paramLabel = "pattern|FILE|FOLDER",
      defaultValue = "pattern",
      description = "where frames come from: Y4M, JPEG, PNG, Motion-JPEG AVI (default: pattern)")
  private String source;

  @Option(names = "--size", paramLabel = "WxH", description = "size of a frame in pixels")
  private String size;

  @Option(
      names = "--format",
      paramLabel = "FOURCC",
      description = "pixel format, such as NV12 (default: the file's own layout)")
  private String format;

  @Option(
      names = "--convert",
      paramLabel = "FOURCC[@WxH]",
      description =
          "what a converter makes of the frames for the display, such as XR24@1280x720 (default: no"
              + " converter)")
  private String convert;

  @Option(
      names = "--rate",
      paramLabel = "FPS|max",
      defaultValue = "60",
      description = "frames per second, or max for a clock that runs free (default: 60)")
  private String rate;

  @Option(names = "--frames", paramLabel = "N", description = "how many frames")
  private Integer frames;

  @Option(
      names = "--buffers",
      paramLabel = "N",
      defaultValue = "4",
      description = "how many buffers go round (default: 4)")
  private Integer buffers;

  @Option(
      names = "--pipelines",
      paramLabel = "N",
      defaultValue = "1",
      description =
          "how many run at once, each with devices of its own; what is shown, written and swapped"
              + " at a frame is the first one's (default: 1)")
  private Integer pipelines;

  @Option(
      names = "--exporter",
      paramLabel = "NAME",
      defaultValue = "system",
      description = "who allocates the buffers (default: system)")
  private String exporter;

  @Option(
      names = "--swap",
      paramLabel = "ROLE@FRAME,...|none",
      description =
          "which driver is replaced at which frame: exporter, capture, display (default: each"
              + " once)")
  private String swap;

  @Option(names = "--headless", description = "the product without the shell")
  private boolean headless;

  @Option(
      names = "--bundles",
      paramLabel = "FOLDER",
      description = "bundles that take the place of the product's, or are added to them")
  private Path bundles;

  @Option(names = "--window", description = "show the screen in a window of the desktop")
  private boolean window;

  @Option(
      names = "--terminal",
      description = "draw the screen in the terminal: sixels where it can, else half blocks")
  private boolean terminal;

  @Option(
      names = "--snapshot",
      paramLabel = "FILE.png",
      description = "write what was on the screen at the end")
  private Path snapshot;

  @Option(
      names = "--record",
      paramLabel = "FILE.y4m",
      description = "write every frame that was displayed")
  private Path record;

  @Option(names = "--report", paramLabel = "FILE.json", description = "write the report of the run")
  private Path report;

  DemoCommand(Path products, PrintWriter out, PrintWriter err) {
    this.products = products;
    this.out = out;
    this.err = err;
  }

  @Override
  public Integer call() throws Exception {
    check();
    Product product = new Product(products.resolve(headless ? Product.HEADLESS : Product.DEFAULT));
    BundleSelection selection =
        bundles == null ? BundleSelection.of(product) : BundleSelection.of(product, bundles);
    boolean person = Terminal.present();
    Progress progress = person ? new TerminalProgress(out) : new PlainProgress(out);
    CommandResult result;
    try (Screens screens = screens()) {
      Map<String, Object> arguments = arguments(selection, progress);
      if (!screens.isEmpty()) {
        Consumer<Map<String, Object>> consumer = screens;
        arguments.put("screen", consumer);
      }
      result = CommandRunner.run(product, selection, "demo", arguments, err);
    }
    progress.end();
    result.messages().forEach(err::println);
    if (report != null && result.exit() != ExitCode.BAD_INPUT.status()) {
      ReportFile.write(report, result.report());
    }
    ReportText.lines(result.report(), person).forEach(out::println);
    return result.exit();
  }

  /** Opened before the run begins: the desktop's threads are not what the run left behind. */
  private Screens screens() {
    List<Screen> screens = new ArrayList<>();
    if (window) {
      screens.add(new WindowScreen("dmabuf demo"));
    }
    if (terminal) {
      TerminalQuery there = TerminalQuery.ask();
      Drawing drawing = there.sixel() ? new Sixel() : new HalfBlocks();
      screens.add(new TerminalScreen(out, drawing, there.columns(), there.rows()));
    }
    return new Screens(screens);
  }

  private void check() {
    if (window) {
      WindowScreen.checkDesktop();
    }
    if (terminal && !Terminal.present()) {
      throw new InputException(
          "--terminal draws in a terminal, and there is none here; --snapshot FILE.png would"
              + " work.");
    }
    Arguments.source(source);
    if (size != null) {
      Arguments.size(size);
    }
    Arguments.rate(rate);
    Arguments.positive("--frames", frames);
    Arguments.positive("--buffers", buffers);
    Arguments.positive("--pipelines", pipelines);
    if (swap != null) {
      Arguments.swaps(swap);
    }
    Arguments.output("--snapshot", snapshot);
    Arguments.output("--record", record);
    Arguments.output("--report", report);
    Arguments.apart(source, "--snapshot", snapshot);
    Arguments.apart(source, "--record", record);
    Arguments.apart(source, "--report", report);
  }

  private Map<String, Object> arguments(BundleSelection selection, Progress progress) {
    Map<String, Object> arguments = new LinkedHashMap<>();
    arguments.put("source", source);
    putIfGiven(arguments, "size", size);
    putIfGiven(arguments, "format", format);
    putIfGiven(arguments, "convert", convert);
    arguments.put("rate", rate);
    putIfGiven(arguments, "frames", frames);
    arguments.put("buffers", buffers);
    arguments.put("pipelines", pipelines);
    arguments.put("exporter", exporter);
    putIfGiven(arguments, "swap", swap);
    arguments.put("headless", headless);
    putIfGiven(arguments, "snapshot", absolute(snapshot));
    putIfGiven(arguments, "record", absolute(record));
    arguments.put("successors", uris(selection.successors()));
    arguments.put("bundles", uris(selection.bundles()));
    Consumer<Map<String, Object>> consumer = progress::show;
    arguments.put("progress", consumer);
    return arguments;
  }

  private static void putIfGiven(Map<String, Object> map, String key, Object value) {
    if (value != null) {
      map.put(key, value);
    }
  }

  private static String absolute(Path path) {
    return path == null ? null : path.toAbsolutePath().normalize().toString();
  }

  private static List<String> uris(List<BundleJar> jars) {
    return jars.stream().map(BundleJar::uri).toList();
  }
}
