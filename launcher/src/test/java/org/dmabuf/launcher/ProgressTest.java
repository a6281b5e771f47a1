package org.dmabuf.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ProgressTest {
  private final StringWriter text = new StringWriter();
  private final PrintWriter out = new PrintWriter(text, true);

  @Test
  void shouldWriteOverTheLineOnATerminal() {
    TerminalProgress progress = new TerminalProgress(out);
    progress.show(Map.of("frames", 1));
    progress.show(Map.of("frames", 2));
    progress.end();
    assertThat(text.toString())
        .isEqualTo("\r\u001b[Kframe 1\r\u001b[Kframe 2" + System.lineSeparator());
  }

  @Test
  void shouldWriteAtMostOneLineASecondElsewhere() {
    AtomicLong now = new AtomicLong(Long.MAX_VALUE);
    PlainProgress progress = new PlainProgress(out, now::get);
    progress.show(Map.of("frames", 1));
    now.addAndGet(999_999_999L);
    progress.show(Map.of("frames", 2));
    now.addAndGet(1);
    progress.show(Map.of("frames", 3));
    progress.end();
    assertThat(text.toString().lines()).containsExactly("frame 1", "frame 3");
  }

  @Test
  void shouldShowTheReportAsTableOrLines() {
    Map<String, Object> report = new LinkedHashMap<>();
    report.put("frames", ordered("captured", 3, "lost", 0));
    report.put(
        "swaps",
        List.of(ordered("role", "exporter", "pause_ms", 1.234), Map.of("role", "display")));
    report.put("latency_us", Map.of("capture_to_scanout", ordered("p50", 10L, "max", 20L)));
    assertThat(ReportText.lines(report, true))
        .containsExactly(
            "frames      captured 3, lost 0",
            "swaps       role exporter, pause_ms 1.23",
            "swaps       role display",
            "latency_us  capture_to_scanout (p50 10, max 20)");
    assertThat(ReportText.lines(report, false))
        .contains("frames: captured 3, lost 0", "swaps: role display");
  }

  private static Map<String, Object> ordered(String first, Object one, String second, Object two) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(first, one);
    map.put(second, two);
    return map;
  }
}
