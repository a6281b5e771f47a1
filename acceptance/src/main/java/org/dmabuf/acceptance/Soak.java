package org.dmabuf.acceptance;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What takes too long for every build: memory over 10,000 frames, and the rate of large frames.
 * Needs nothing but the JDK, so that {@code acceptance/soak} runs its source as it is.
 *
 * <pre>
 *   progress of the demo   frame 1034 of 10000   frame 2230 of 10000   ...
 *   at each line           collect, then: heap used, native memory by NMT, resident size
 *   flat                   from frame 1,000 on, the median of the last third is not above that of the
 *                          middle third by more than a twentieth (in the first third the JIT works)
 * </pre>
 */
public final class Soak {
  private static final int FRAMES = 10_000;
  private static final String RATE = "250";
  private static final int WARM = 1_000;
  private static final int LARGE_FRAMES = 2_000;
  private static final double LEAST_RATE = 20;
  private static final double GROWTH = 1.05;
  private static final Pattern FRAME = Pattern.compile("^frame (\\d+) ");
  private static final Pattern USED = Pattern.compile("(?:DefNew|Tenured) .* used (\\d+)K");
  private static final Pattern COMMITTED = Pattern.compile("^Total:.*committed=(\\d+)KB");

  private final Path root;
  // What jcmd asks, all in one call, because each takes a second.
  private final Path questions;
  private final Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
  private boolean well = true;

  private Soak(Path root, Path questions) {
    this.root = root;
    this.questions = questions;
  }

  private record Sample(long frame, long heap, long nativeMemory, long resident) {}

  private record Moment(long frame, long nanos) {}

  /**
   * Runs both and ends with 0 when memory is flat and the rate is reached, else with 1.
   *
   * @param arguments the folder with {@code dmabuf} in it
   */
  public static void main(String[] arguments) throws Exception {
    Path questions = Files.createTempFile("soak", ".jcmd");
    Files.writeString(questions, "GC.run\nGC.heap_info\nVM.native_memory summary\n");
    Soak soak = new Soak(Path.of(arguments[0]).toAbsolutePath().normalize(), questions);
    try {
      soak.memory();
      soak.rate();
    } finally {
      Files.delete(questions);
    }
    System.exit(soak.well ? 0 : 1);
  }

  private void memory() throws IOException, InterruptedException {
    System.out.printf("%,d frames of 640x480, all three drivers replaced:%n", FRAMES);
    Process process =
        start("--size", "640x480", "--frames", String.valueOf(FRAMES), "--rate", RATE);
    List<Sample> samples = new ArrayList<>();
    System.out.println("   frame   heap KB  native KB  resident KB");
    try (BufferedReader out = output(process)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        Matcher frame = FRAME.matcher(line);
        if (!frame.find()) {
          System.out.println("  " + line);
        } else if (Long.parseLong(frame.group(1)) >= WARM) {
          Sample sample = sample(process, Long.parseLong(frame.group(1)));
          samples.add(sample);
          System.out.printf(
              "  %6d  %8d  %9d  %11d%n",
              sample.frame(), sample.heap(), sample.nativeMemory(), sample.resident());
        }
      }
    }
    check("the demo's exit status is 0", process.waitFor() == 0);
    check("there were 6 samples or more", samples.size() >= 6);
    if (samples.size() >= 6) {
      flat("heap after a collection", samples.stream().mapToLong(Sample::heap).toArray());
      flat("native memory (NMT)", samples.stream().mapToLong(Sample::nativeMemory).toArray());
      flat("resident size", samples.stream().mapToLong(Sample::resident).toArray());
    }
  }

  private void rate() throws IOException, InterruptedException {
    System.out.println("3840x2160 NV12 with 6 buffers, checksums on:");
    Process process =
        start(
            "--size",
            "3840x2160",
            "--format",
            "NV12",
            "--buffers",
            "6",
            "--rate",
            "max",
            "--frames",
            String.valueOf(LARGE_FRAMES),
            "--swap",
            "none");
    List<Moment> moments = new ArrayList<>();
    try (BufferedReader out = output(process)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        Matcher frame = FRAME.matcher(line);
        if (!frame.find()) {
          System.out.println("  " + line);
        } else if (Long.parseLong(frame.group(1)) > 0) {
          moments.add(new Moment(Long.parseLong(frame.group(1)), System.nanoTime()));
        }
      }
    }
    check("the demo's exit status is 0", process.waitFor() == 0);
    check("there were 2 lines of progress or more", moments.size() >= 2);
    if (moments.size() >= 2) {
      long frames = moments.getLast().frame() - moments.getFirst().frame();
      double seconds = (moments.getLast().nanos() - moments.getFirst().nanos()) / 1e9;
      System.out.printf("  %.1f frames a second%n", frames / seconds);
      check("20 frames a second or more", frames / seconds >= LEAST_RATE);
    }
  }

  private Process start(String... options) throws IOException {
    List<String> command = new ArrayList<>();
    command.addAll(List.of(root.resolve("dmabuf").toString(), "demo", "--headless"));
    command.addAll(Arrays.asList(options));
    ProcessBuilder builder = new ProcessBuilder(command);
    // A heap that is resident from the beginning, so that what grows is something else.
    builder
        .environment()
        .put(
            "DMABUF_JAVA_OPTS",
            "-XX:NativeMemoryTracking=summary -Xms96m -Xmx96m -XX:+AlwaysPreTouch");
    return builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private Sample sample(Process process, long frame) throws IOException, InterruptedException {
    String pid = String.valueOf(process.pid());
    List<String> told = lines(jcmd.toString(), pid, "-f", questions.toString());
    long heap = told.stream().mapToLong(line -> number(USED, line)).sum();
    long nativeMemory = told.stream().mapToLong(line -> number(COMMITTED, line)).sum();
    long resident =
        lines("ps", "-o", "rss=", "-p", pid).stream()
            .mapToLong(line -> Long.parseLong(line.strip()))
            .sum();
    return new Sample(frame, heap, nativeMemory, resident);
  }

  private static List<String> lines(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    List<String> lines = new ArrayList<>();
    try (BufferedReader out = output(process)) {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        lines.add(line);
      }
    }
    process.waitFor();
    return lines;
  }

  private static BufferedReader output(Process process) {
    return new BufferedReader(
        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
  }

  private static long number(Pattern pattern, String line) {
    Matcher matcher = pattern.matcher(line);
    return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
  }

  /** A sample that a collection fell into, or that came after the end, has a 0 and says nothing. */
  private void flat(String what, long[] samples) {
    long[] real = Arrays.stream(samples).filter(sample -> sample > 0).toArray();
    int third = real.length / 3;
    long first = median(Arrays.copyOfRange(real, 0, third));
    long middle = median(Arrays.copyOfRange(real, third, 2 * third));
    long last = median(Arrays.copyOfRange(real, 2 * third, real.length));
    check(
        "%s is flat: %,d KB, then %,d KB, then %,d KB".formatted(what, first, middle, last),
        last <= middle * GROWTH);
  }

  private static long median(long[] samples) {
    long[] sorted = samples.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private void check(String what, boolean holds) {
    System.out.println((holds ? "  passed: " : "  FAILED: ") + what);
    well &= holds;
  }
}
