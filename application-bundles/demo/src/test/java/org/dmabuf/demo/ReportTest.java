package org.dmabuf.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.dmabuf.memory.Transfer;
import org.dmabuf.pipeline.PipelineCounters;
import org.junit.jupiter.api.Test;

/** The report of one pipeline, and of several. */
class ReportTest {
  @Test
  void hasTheSumsOfAllPipelinesAndEachByItself() {
    Report report = report(counters(12, 0, 5), counters(10, 1, 9));
    assertThat(report.asMap().get("frames"))
        .isEqualTo(
            Map.of(
                "captured", 22L,
                "displayed", 22L,
                "lost", 1L,
                "repeated", 0L,
                "out_of_order", 0L,
                "errors", 0L,
                "dropped", 0L,
                "checksum_mismatches", 0L));
    assertThat((List<?>) report.asMap().get("pipelines")).hasSize(2);
    assertThat(report.asMap().get("latency_us"))
        .isEqualTo(Map.of("capture_to_scanout", Map.of("p50", 9.0, "p99", 9.0, "max", 9.0)));
    assertThat(report.faults()).containsExactly("There were 1 lost frames; there must be none.");
  }

  @Test
  void hasTheKeysOfOneForOne() {
    assertThat(report(counters(12, 0, 5)).asMap().keySet())
        .containsExactly("frames", "bytes", "moves", "swaps", "latency_us", "leaks");
  }

  private static Report report(PipelineCounters... each) {
    Map<Transfer, Long> nothing = new EnumMap<>(Transfer.class);
    for (Transfer kind : Transfer.values()) {
      nothing.put(kind, 0L);
    }
    return new Report(List.of(each), nothing, nothing, 0, List.of(), List.of(), Map.of());
  }

  private static PipelineCounters counters(long frames, long lost, double micros) {
    return new PipelineCounters(
        frames,
        frames,
        lost,
        0,
        0,
        0,
        0,
        0,
        1,
        1,
        new PipelineCounters.Latency(micros, micros, micros));
  }
}
