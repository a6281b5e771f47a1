package org.dmabuf.launcher.bundle;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;
import java.util.function.Function;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;

/**
 * A bundle with the command demo, which does what the argument {@code exporter} says, and with the
 * command replay, to which every step disagrees whose call is "wrong".
 */
public final class CommandActivator implements BundleActivator {
  private final CountDownLatch stopped = new CountDownLatch(1);

  @Override
  public void start(BundleContext context) {
    Function<Map<String, Object>, Map<String, Object>> command = this::run;
    context.registerService(
        Function.class, command, FrameworkUtil.asDictionary(Map.of("dmabuf.command", "demo")));
    Function<Map<String, Object>, Map<String, Object>> replay =
        arguments -> replay(context.getProperty("dmabuf.clock"), arguments);
    context.registerService(
        Function.class, replay, FrameworkUtil.asDictionary(Map.of("dmabuf.command", "replay")));
  }

  @Override
  public void stop(BundleContext context) {
    stopped.countDown();
  }

  private Map<String, Object> run(Map<String, Object> arguments) {
    return switch (String.valueOf(arguments.get("exporter"))) {
      case "lossy" ->
          answer(1, List.of("One frame was lost."), Map.of("frames", Map.of("lost", 1)));
      case "unknown" -> answer(2, List.of("There is no exporter unknown."), Map.of());
      case "broken" -> throw new IllegalStateException("the command broke");
      case "endless" -> {
        System.out.println("started");
        await();
        throw new IllegalStateException("stopped in the middle");
      }
      default -> {
        progress(arguments);
        yield answer(0, List.of(), report(arguments));
      }
    };
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> replay(String clock, Map<String, Object> arguments) {
    Map<String, Object> families = new LinkedHashMap<>();
    int wrong = 0;
    for (Map<String, Object> trace : (List<Map<String, Object>>) arguments.get("traces")) {
      List<Map<String, Object>> lines = (List<Map<String, Object>>) trace.get("lines");
      for (Map<String, Object> line : lines) {
        if (line.get("op").equals("wrong")) {
          wrong++;
          ((Consumer<Map<String, Object>>) arguments.get("disagreement"))
              .accept(
                  Map.of(
                      "scenario", line.get("s"),
                      "n", line.get("n"),
                      "op", line.get("op"),
                      "recorded", line.get("expect"),
                      "here", Map.of("err", "EBADF")));
        }
      }
      families.put(
          (String) trace.get("family"),
          Map.of("scenarios", 1, "steps", lines.size(), "disagree", wrong));
    }
    return answer(
        wrong == 0 ? 0 : 1, List.of("The clock is " + clock + "."), Map.of("families", families));
  }

  @SuppressWarnings("unchecked")
  private static void progress(Map<String, Object> arguments) {
    ((Consumer<Map<String, Object>>) arguments.get("progress"))
        .accept(
            Map.of("frames", 100, "total", 300, "rate", 59.94, "latency_us", 1500L, "swaps", 2));
  }

  private static Map<String, Object> report(Map<String, Object> arguments) {
    Map<String, Object> report = new LinkedHashMap<>();
    Map<String, Object> told = new LinkedHashMap<>(arguments);
    told.remove("progress");
    report.put("frames", Map.of("lost", 0));
    report.put("arguments", told);
    return report;
  }

  private static Map<String, Object> answer(
      int exit, List<String> messages, Map<String, Object> report) {
    return Map.of("exit", exit, "messages", messages, "report", report);
  }

  private void await() {
    try {
      stopped.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
