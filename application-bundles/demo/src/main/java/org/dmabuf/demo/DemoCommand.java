package org.dmabuf.demo;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.video.FrameSourceFactory;
import org.dmabuf.video.SourceInfo;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The command behind {@code ./dmabuf demo}. Only JDK types cross to the launcher: options by name
 * in, and {@code exit}, {@code messages} and {@code report} out.
 */
@Component(service = Function.class, property = "dmabuf.command=demo")
public final class DemoCommand implements Function<Map<String, Object>, Map<String, Object>> {
  private static final Logger LOG = LoggerFactory.getLogger(DemoCommand.class);
  private static final int BAD_INPUT = 2;

  private final BundleContext context;
  private final DmaBufRegistry registry;
  private final ConfigurationAdmin admin;
  private final FrameSourceFactory sources;

  /** Takes what a run needs; the drivers themselves are found when it begins. */
  @Activate
  public DemoCommand(
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
    try {
      DemoOptions options = DemoOptions.of(given);
      checkExporter(options.exporter());
      SourceInfo info = sources.probe(options.source());
      options.checkRecord(info);
      if (options.loops(info)) {
        // Only whether that can be: looped it has no end, and how many frames it has is needed.
        sources.probe(options.source().withLoop(true));
      }
      return new DemoRun(context, registry, admin, options, info).run();
    } catch (BadInput wrong) {
      return answer(BAD_INPUT, wrong.getMessage());
    } catch (DmaBufException refused) {
      return answer(BAD_INPUT, Sentences.of(refused));
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return answer(1, "The demo was interrupted.");
    } catch (IllegalStateException failed) {
      LOG.error("The demo failed", failed);
      return answer(1, failed.getMessage() + ".");
    }
  }

  private void checkExporter(String wanted) {
    TreeSet<String> names = new TreeSet<>();
    registry.exporters().forEach(exporter -> names.add(exporter.name()));
    if (!names.contains(wanted)) {
      throw new BadInput(
          "There is no exporter '"
              + wanted
              + "'; there is "
              + names.stream().collect(Collectors.joining(", "))
              + ".");
    }
  }

  private static Map<String, Object> answer(int exit, String message) {
    return Map.of("exit", exit, "messages", List.of(message), "report", Map.of());
  }
}
