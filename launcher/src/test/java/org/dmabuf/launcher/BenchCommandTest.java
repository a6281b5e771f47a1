package org.dmabuf.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the benchmarks print themselves is their own tests' matter. */
final class BenchCommandTest {
  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return Main.run(folder, new PrintWriter(out, true), new PrintWriter(err, true), args);
  }

  @Test
  void shouldSayInOneSentenceThatThereAreNoBenchmarks() {
    assertThat(System.getProperty(BenchCommand.FOLDER)).isNull();
    assertThat(run("bench", "--quick")).isEqualTo(2);
    assertThat(err.toString().lines()).singleElement().asString().contains("no benchmarks");
  }

  @Test
  void shouldHaveHelp() {
    assertThat(run("bench", "--help")).isZero();
    assertThat(out.toString()).contains("--quick", "--report", "NAME");
  }
}
