package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Scenarios that were recorded inside a real kernel, made again call by call: each step names the
 * next call of the recording, makes it, and finds the recorded answer, observations and callbacks.
 */
final class KernelTrace {
  /**
   * With dynamic mappings switched on, as here: where the two recordings differ, this one holds.
   */
  static final String MOVE_NOTIFY = "trace_k_movenotify.jsonl";

  /** With dynamic mappings switched off. */
  static final String PINNING = "trace_k.jsonl";

  private static final Pattern FIELD =
      Pattern.compile("\"([^\"]+)\":(\\{[^}]*}|\"[^\"]*\"|-?\\d+|null)");

  /** One line of a recording; "calls" is null when none were recorded. */
  record Step(
      String scenario, int number, String op, String args, String errno, String obs, int ret) {
    String calls() {
      return fields(obs).get("calls");
    }

    Map<String, String> observations() {
      Map<String, String> all = fields(obs);
      all.remove("calls");
      return all;
    }
  }

  /** A call that is made again; what it returns are the observations other than callbacks. */
  interface Call {
    Map<String, Object> run() throws Exception;
  }

  private final Deque<Step> left;
  private RecordingExporter exporter;
  private List<String> logged; // null without

  private KernelTrace(List<Step> steps) {
    this.left = new ArrayDeque<>(steps);
  }

  /** The scenario as it was recorded with dynamic mappings. */
  static KernelTrace of(String scenario) {
    List<Step> steps =
        steps(MOVE_NOTIFY).stream().filter(step -> step.scenario().equals(scenario)).toList();
    assertThat(steps).as(scenario).isNotEmpty();
    return new KernelTrace(steps);
  }

  /** All lines of a recording. */
  static List<Step> steps(String file) {
    List<Step> steps = new ArrayList<>();
    try (InputStream in = KernelTrace.class.getResourceAsStream("/kernel/" + file)) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList()) {
        Map<String, String> of = fields(line.substring(1));
        steps.add(
            new Step(
                of.get("scenario"),
                Integer.parseInt(of.get("step")),
                of.get("op"),
                of.get("args"),
                of.get("errno").equals("null") ? null : of.get("errno"),
                of.get("obs"),
                Integer.parseInt(of.get("ret"))));
      }
      return steps;
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** From now on this exporter's callbacks are compared. */
  KernelTrace watch(RecordingExporter watched) {
    exporter = watched;
    return this;
  }

  /** From now on these callbacks are compared, and taken out, where the recording has some. */
  KernelTrace log(List<String> calls) {
    logged = calls;
    return this;
  }

  /** Makes the next recorded call, and compares the number that it answers. */
  void answer(String op, IntSupplier call) {
    answer(op, call, Map::of);
  }

  /** As {@link #answer(String, IntSupplier)}, with what is observed afterwards. */
  void answer(String op, IntSupplier call, Supplier<Map<String, Object>> seen) {
    Step step = left.peek();
    observe(
        op,
        () -> {
          assertThat(call.getAsInt()).as("%s", step).isEqualTo(step.ret());
          return seen.get();
        });
  }

  /** Makes the next recorded call, which observes nothing but callbacks. */
  void step(String op, Runnable call) {
    observe(
        op,
        () -> {
          call.run();
          return Map.of();
        });
  }

  /** Makes the next recorded call, and compares what it answers and observes. */
  void observe(String op, Call call) {
    Step step = next(op);
    if (exporter != null && !op.equals("calls")) {
      exporter.taken();
    }
    String errno = null;
    Map<String, Object> seen = Map.of();
    try {
      seen = call.run();
    } catch (DmaBufException answered) {
      errno = answered.errno().name();
    } catch (Exception impossible) {
      throw new AssertionError(step + " threw what no call throws", impossible);
    }
    assertThat(errno).as("%s", step).isEqualTo(step.errno());
    if (errno == null) {
      Map<String, String> texts = new TreeMap<>();
      seen.forEach((key, value) -> texts.put(key, String.valueOf(value)));
      assertThat(texts).as("%s", step).isEqualTo(step.observations());
    }
    if (step.calls() != null) {
      // Fences are collected here, so nothing is called when one goes.
      assertThat(calls()).as("%s", step).isEqualTo(step.calls().replaceAll(",?fence_release", ""));
    }
  }

  /** The next recorded call cannot be made here, which the caller shows by other means. */
  Step forbidden(String op, String errno) {
    Step step = next(op);
    assertThat(step.errno()).as("%s", step).isEqualTo(errno);
    return step;
  }

  /** All recorded calls were made. */
  void ends() {
    assertThat(left).isEmpty();
  }

  private Step next(String op) {
    Step step = left.remove();
    assertThat(op).as("%s", step).isEqualTo(step.op());
    return step;
  }

  /** The exporter's callbacks in the recorder's words. */
  private String calls() {
    if (logged != null) {
      String all = String.join(",", logged);
      logged.clear();
      return all;
    }
    return String.join(",", exporter.calls)
        .replace("BIDIRECTIONAL", "BIDIR")
        .replace("unmap(TO_DEVICE)", "unmap")
        .replace("TO_DEVICE", "TO_DEV")
        .replaceAll("begin\\(\\w+\\)", "begin_cpu_access")
        .replaceAll("end\\(\\w+\\)", "end_cpu_access");
  }

  private static Map<String, String> fields(String object) {
    Map<String, String> all = new TreeMap<>();
    String inside = object.startsWith("{") ? object.substring(1) : object;
    Matcher matcher = FIELD.matcher(inside);
    while (matcher.find()) {
      String value = matcher.group(2);
      all.put(
          matcher.group(1),
          value.startsWith("\"") ? value.substring(1, value.length() - 1) : value);
    }
    return all;
  }
}
