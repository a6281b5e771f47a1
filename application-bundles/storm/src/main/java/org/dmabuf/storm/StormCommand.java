package org.dmabuf.storm;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.video.FrameSourceFactory;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The command behind {@code ./dmabuf storm}. Only JDK types cross to the launcher: options by name
 * in, and {@code exit}, {@code messages} and {@code report} out.
 */
@Component(service = Function.class, property = "dmabuf.command=storm")
public final class StormCommand implements Function<Map<String, Object>, Map<String, Object>> {
  private static final Logger LOG = LoggerFactory.getLogger(StormCommand.class);

  private final BundleContext context;
  private final DmaBufRegistry registry;
  private final ConfigurationAdmin admin;
  private final FrameSourceFactory sources;

  /** Takes what a storm needs; the drivers themselves are found when it begins. */
  @Activate
  public StormCommand(
      BundleContext context,
      @Reference DmaBufRegistry registry,
      @Reference ConfigurationAdmin admin,
      @Reference FrameSourceFactory sources) {
    this.context = context;
    this.registry = registry;
    this.admin = admin;
    this.sources = sources;
  }

  @Override
  public Map<String, Object> apply(Map<String, Object> given) {
    StormOptions options = StormOptions.of(given);
    LOG.info("A storm of {} s by seed {}", options.nanos() / 1_000_000_000L, options.seed());
    try {
      StormReport report = new Storm(context, registry, admin, sources, options).run();
      return answer(report.faults().isEmpty() ? 0 : 1, report.faults(), report.asMap());
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return answer(1, List.of("The storm was interrupted."), Map.of());
    } catch (DmaBufException | IllegalStateException | BundleException | IOException failed) {
      LOG.error("The storm failed", failed);
      return answer(1, List.of("The storm failed: " + failed.getMessage() + "."), Map.of());
    }
  }

  private static Map<String, Object> answer(
      int exit, List<String> messages, Map<String, Object> report) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("exit", exit);
    answer.put("messages", messages);
    answer.put("report", report);
    return answer;
  }
}
