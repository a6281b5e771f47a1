package org.dmabuf.storm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dmabuf.pipeline.PipelineCounters;
import org.dmabuf.pipeline.PipelineCounters.Latency;
import org.junit.jupiter.api.Test;

class StormReportTest {
  private static final long MILLI = 1_000_000;
  private static final double BOUND_MILLIS = 250;
  private static final long MINUTE = 60_000 * MILLI;

  private final Pauses pauses = new Pauses();

  private static PipelineCounters counted(long captured, long lost) {
    Latency none = new Latency(0, 0, 0);
    return new PipelineCounters(captured, captured - lost, lost, 0, 0, 0, 0, 0, 0, 0, none);
  }

  private StormReport report(PipelineCounters counters, long leaked, long collected, int stuck) {
    StormReport report = new StormReport(5, BOUND_MILLIS);
    report.actions(3, Map.of("stop", 3L));
    report.injected(7);
    report.frames(Map.of("storm-0", counters), MINUTE);
    report.substitutes(Map.of("display", 0.8));
    report.pauses(pauses);
    report.stuck(stuck);
    Map<String, Object> leaks = new LinkedHashMap<>();
    leaks.put("buffers", leaked);
    report.leaks(leaks, List.of());
    report.loaders(4, collected);
    return report;
  }

  @Test
  void shouldHaveTheKeysThatAreAgreedInTheirOrder() {
    StormReport report = report(counted(3600, 0), 0, 4, 0);
    assertThat(report.faults()).isEmpty();
    assertThat(report.asMap().keySet())
        .startsWith(
            "swap_count", "injected", "frames", "leaks", "pause_ms", "stuck", "loaders", "seed");
    assertThat(report.asMap())
        .containsEntry("swap_count", 3L)
        .containsEntry("injected", 7L)
        .containsEntry("stuck", 0)
        .containsEntry("seed", 5L)
        .containsEntry("loaders", Map.of("replaced", 4L, "collected", 4L));
    assertThat(report.asMap().get("frames")).asString().contains("captured=3600", "lost=0");
    assertThat(report.asMap().get("pipelines")).asString().contains("rate=60.0");
  }

  @Test
  void shouldNameEachThingThatMustNotBe() {
    assertThat(report(counted(10, 2), 0, 4, 0).faults())
        .containsExactly("There were 2 lost frames; there must be none.");
    assertThat(report(counted(10, 0), 3, 4, 0).faults())
        .containsExactly("There were 3 leaked buffers; there must be none.");
    assertThat(report(counted(10, 0), 0, 3, 0).faults())
        .containsExactly(
            "There were 1 class loaders of replaced bundles that were not collected; there must be"
                + " none.");
    assertThat(report(counted(10, 0), 0, 4, 1).faults()).singleElement().asString().contains("1 ");
  }

  @Test
  void shouldNotHavePausesThatAreLong() {
    for (int i = 0; i < 99; i++) {
      pauses.add(249 * MILLI);
    }
    pauses.add(9_000 * MILLI);
    assertThat(report(counted(10, 0), 0, 4, 0).faults()).isEmpty();
    pauses.add(9_000 * MILLI);
    assertThat(report(counted(10, 0), 0, 4, 0).faults()).singleElement().asString().contains("250");
  }
}
