package org.dmabuf.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.nio.file.Path;
import org.dmabuf.acceptance.Dmabuf.Run;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A short storm: of its pauses only the figures are looked for, as other tests run beside it. */
class StormIT {
  @TempDir Path folder;

  @Test
  void aShortStormLosesNothingAndReportsByTheKeysThatAreAgreed() throws Exception {
    Dmabuf dmabuf = new Dmabuf(folder);
    Run run =
        dmabuf.run(
            "storm",
            "--minutes",
            "0.2",
            "--seed",
            "7",
            "--pause-bound",
            "20000",
            "--report",
            dmabuf.report().toString());
    run.exits(0).leftNothing();
    assertThat(run.out()).first().isEqualTo("seed 7");
    assertThat(run.err()).isEmpty();
    JsonNode report = run.json();
    assertThat(report.fieldNames())
        .toIterable()
        .containsExactly(
            "swap_count",
            "injected",
            "frames",
            "leaks",
            "pause_ms",
            "stuck",
            "loaders",
            "seed",
            "actions",
            "substitutes",
            "pipelines",
            "memory");
    assertThat(report.get("pause_ms").fieldNames())
        .toIterable()
        .containsExactly("p50", "p99", "max");
    assertThat(run.number("/swap_count")).isPositive();
    assertThat(run.number("/frames/captured")).isPositive();
    assertThat(run.number("/frames/displayed")).isEqualTo(run.number("/frames/captured"));
    assertThat(run.number("/frames/lost")).isZero();
    assertThat(run.number("/stuck")).isZero();
    assertThat(run.number("/loaders/replaced")).isPositive();
    assertThat(run.number("/loaders/collected")).isEqualTo(run.number("/loaders/replaced"));
    assertThat(run.number("/seed")).isEqualTo(7);
    assertThat(report.get("pipelines")).hasSizeGreaterThanOrEqualTo(3);
    assertThat(report.get("actions").get("update").asLong()).isPositive();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--minutes", "--pause-bound"})
  void aStormOfNothingIsRefused(String option) throws Exception {
    Run run = new Dmabuf(folder).run("storm", option, "0");
    run.exits(2).leftNothing();
    assertThat(run.err()).singleElement().asString().contains(option);
    assertThat(Files.exists(folder.resolve("report.json"))).isFalse();
  }
}
