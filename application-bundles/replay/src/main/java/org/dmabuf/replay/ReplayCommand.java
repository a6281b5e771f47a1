package org.dmabuf.replay;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.ManualClock;
import org.dmabuf.file.DeviceNode;
import org.dmabuf.heap.Heaps;
import org.dmabuf.heap.udmabuf.UdmabufDevice;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.component.annotations.ReferencePolicyOption;

/**
 * The command behind {@code ./dmabuf replay}. Only JDK types cross to the launcher.
 *
 * <pre>
 *   in    traces         a list of maps: family, and lines (one map for each, as read from JSON)
 *         real_time      true to take the machine's time where the clock cannot be turned by hand
 *         disagreement   who is told each one: a Consumer of maps with scenario, n, op, recorded, here
 *   out   exit           0 when none disagrees, else 1
 *         messages       sentences
 *         report         families: for each one scenarios, steps, disagree
 * </pre>
 */
@Component(service = Function.class, property = "dmabuf.command=replay")
public final class ReplayCommand implements Function<Map<String, Object>, Map<String, Object>> {
  private final Nodes nodes = new Nodes();
  private final Devices devices;
  private final ManualClock clock;

  /**
   * Takes what a replay needs.
   *
   * @param clock null in a product that runs on the machine's time
   */
  @Activate
  public ReplayCommand(
      @Reference DmaBufRegistry registry,
      @Reference Heaps heaps,
      @Reference UdmabufDevice udmabuf,
      @Reference(
              cardinality = ReferenceCardinality.OPTIONAL,
              policyOption = ReferencePolicyOption.GREEDY)
          ManualClock clock) {
    this.devices = new Devices(registry, heaps, udmabuf, nodes);
    this.clock = clock;
  }

  /** A driver's service has come. */
  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void bindNode(DeviceNode node) {
    nodes.add(node);
  }

  /** A driver's service leaves. */
  void unbindNode(DeviceNode node) {
    nodes.remove(node);
  }

  @Override
  public Map<String, Object> apply(Map<String, Object> given) {
    if (clock == null && !Boolean.TRUE.equals(given.get("real_time"))) {
      return answer(
          1,
          "A replay turns the product's clock by hand, and this product runs on the machine's;"
              + " start it with dmabuf.clock=MANUAL, or ask for real_time.",
          Map.of());
    }
    Consumer<Disagreement> told = told(given.get("disagreement"));
    Families families = new Families();
    try (Replay replay = new Replay(Optional.ofNullable(clock), devices, Operations.all())) {
      for (Trace trace : traces(given.get("traces"))) {
        families.add(trace, replay.run(trace, told));
      }
    } catch (IllegalStateException stuck) {
      return answer(1, stuck.getMessage() + ".", Map.of());
    }
    return Map.of(
        "exit",
        families.disagree() == 0 ? 0 : 1,
        "messages",
        List.of(),
        "report",
        Map.of("families", families.report()));
  }

  private static List<Trace> traces(Object given) {
    List<Trace> traces = new ArrayList<>();
    for (Object file : (List<?>) given) {
      Map<?, ?> trace = (Map<?, ?>) file;
      traces.add(Trace.of((String) trace.get("family"), (List<?>) trace.get("lines")));
    }
    return traces;
  }

  @SuppressWarnings("unchecked")
  private static Consumer<Disagreement> told(Object consumer) {
    return found -> ((Consumer<Map<String, Object>>) consumer).accept(map(found));
  }

  private static Map<String, Object> map(Disagreement found) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("family", found.family());
    map.put("scenario", found.scenario());
    map.put("n", found.step().number());
    map.put("op", found.step().operation());
    map.put("recorded", found.step().recorded().keys());
    map.put("here", found.answer().keys());
    return map;
  }

  private static Map<String, Object> answer(int exit, String message, Map<String, Object> report) {
    return Map.of("exit", exit, "messages", List.of(message), "report", report);
  }
}
