package org.dmabuf.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.dmabuf.acceptance.Dmabuf.Run;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A signal in the middle of a run ends it, with the signal's status, and leaves nothing. */
class SignalIT {
  private static final long BOUND_NANOS = TimeUnit.SECONDS.toNanos(120);

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void endsTheRun(String signal, int status) throws Exception {
    Dmabuf dmabuf = new Dmabuf(folder);
    Path record = folder.resolve("record.y4m");
    Process process =
        dmabuf.startDemo(
            "--size",
            "64x48",
            "--format",
            "GREY",
            "--rate",
            "30",
            "--frames",
            "100000",
            "--record",
            record.toString());
    awaitFrames(process, record);
    new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).start().waitFor();
    Run run = dmabuf.await(process);
    run.exits(status).leftNothing();
    // Frames in flight are lost by that, which is said; nothing failed.
    assertThat(run.err()).noneMatch(line -> line.contains("ERROR") || line.contains("Exception"));
  }

  /** The command of the source tree ends with the JVM that it becomes. */
  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void endsTheCommand(String signal, int status) throws Exception {
    Path record = folder.resolve("record.y4m");
    Process process =
        new Dmabuf(folder)
            .command(
                "demo",
                "--headless",
                "--size",
                "64x48",
                "--format",
                "GREY",
                "--frames",
                "100000",
                "--record",
                record.toString())
            .start();
    awaitFrames(process, record);
    new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).start().waitFor();
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isEqualTo(status);
    try (Stream<Path> left = Files.list(folder.resolve("tmp"))) {
      assertThat(left).isEmpty();
    }
    Optional<ProcessHandle> running =
        ProcessHandle.allProcesses()
            .filter(
                other ->
                    other.info().commandLine().orElse("").contains(record.toString())
                        && other.isAlive())
            .findAny();
    assertThat(running).isEmpty();
  }

  /** Waits until some frames were recorded. */
  private void awaitFrames(Process process, Path record) throws Exception {
    long deadline = System.nanoTime() + BOUND_NANOS;
    while (!Files.exists(record) || Files.size(record) < 10 * 64 * 48) {
      assertThat(process.waitFor(50, TimeUnit.MILLISECONDS))
          .as("ended by itself: %s", Files.readString(folder.resolve("out")))
          .isFalse();
      assertThat(System.nanoTime()).as("no frames were recorded").isLessThan(deadline);
    }
  }
}
