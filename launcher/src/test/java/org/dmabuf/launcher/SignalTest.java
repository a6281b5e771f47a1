package org.dmabuf.launcher;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whoever interrupts the command finds neither a process nor a folder of it afterwards. */
final class SignalTest {
  private static final int SIGNALLED = 128;

  @TempDir Path folder;

  @Test
  void shouldLeaveNothingAfterTerm() throws Exception {
    assertCleanAfter("TERM", SIGNALLED + 15);
  }

  @Test
  void shouldLeaveNothingAfterInt() throws Exception {
    assertCleanAfter("INT", SIGNALLED + 2);
  }

  private void assertCleanAfter(String signal, int status) throws Exception {
    new TestProduct(folder.resolve("product")).withCommand();
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--sun-misc-unsafe-memory-access=allow",
                "-Djava.io.tmpdir=" + temporary,
                "-cp",
                System.getProperty("java.class.path"),
                StartedProduct.class.getName(),
                folder.resolve("product").toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader output = process.inputReader()) {
      assertThat(output.readLine()).isEqualTo("started");
      assertThat(entries(temporary)).isEqualTo(1);
      new ProcessBuilder("kill", "-" + signal, Long.toString(process.pid())).start().waitFor();
      assertThat(process.waitFor(60, SECONDS)).isTrue();
      assertThat(output.readLine()).isNull();
    } finally {
      process.destroyForcibly();
    }
    assertThat(process.exitValue()).isEqualTo(status);
    assertThat(entries(temporary)).isZero();
  }

  private static long entries(Path directory) throws IOException {
    try (Stream<Path> files =
        Files.list(directory).filter(file -> !file.getFileName().toString().startsWith("hsperf"))) {
      return files.count();
    }
  }
}
