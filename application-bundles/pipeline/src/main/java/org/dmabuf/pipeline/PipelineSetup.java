package org.dmabuf.pipeline;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.osgi.framework.FrameworkUtil;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * The configurations that make a pipeline with a source and devices of its own.
 *
 * <pre>
 *   start: source -> capture device [-> converter] -> display -> pipeline    close: the other way
 * </pre>
 *
 * <p>They are of any location ("?"), so that a successor bundle gets its predecessor's. Components
 * come and go on threads of Configuration Admin, some time after these methods have returned.
 *
 * <p>Not thread-safe.
 */
public final class PipelineSetup implements AutoCloseable {
  /** The name of the capture device that the first setup makes. */
  public static final String CAPTURE = "capture0";

  /** The name of the converter that the first setup makes, when its plan has one. */
  public static final String CONVERTER = "convert0";

  /** The name of the display that the first setup makes. */
  public static final String DISPLAY = "display0";

  private static final String FIRST = "0";

  private final ConfigurationAdmin admin;
  private final String number;
  private final List<Configuration> made = new ArrayList<>();

  private PipelineSetup(ConfigurationAdmin admin, int number) {
    this.admin = admin;
    this.number = String.valueOf(number);
  }

  /**
   * Makes the configurations.
   *
   * @param admin where they are made, never null
   * @param plan what the pipeline is made of, never null
   * @return the setup, which takes them back when it is closed; never null
   * @throws DmaBufException EIO when one cannot be stored; then none is left
   */
  public static PipelineSetup start(ConfigurationAdmin admin, PipelinePlan plan) {
    return start(admin, plan, 0);
  }

  /**
   * As {@link #start(ConfigurationAdmin, PipelinePlan)}, for one of several pipelines at once.
   *
   * @param number which, from 0: its devices' names end in it
   */
  public static PipelineSetup start(ConfigurationAdmin admin, PipelinePlan plan, int number) {
    PipelineSetup setup = new PipelineSetup(admin, number);
    try {
      setup.add("org.dmabuf.media.source", source(plan));
      setup.add(
          "org.dmabuf.v4l2.capture",
          Map.of(
              "device", setup.of(CAPTURE), "source.target", "(dmabuf.source=" + plan.name() + ")"));
      if (plan.conversion().isPresent()) {
        setup.add("org.dmabuf.v4l2.converter", Map.of("device", setup.of(CONVERTER)));
      }
      setup.add("org.dmabuf.display", Map.of("device", setup.of(DISPLAY)));
      setup.add(Pipeline.PID, setup.pipeline(plan));
    } catch (RuntimeException failed) {
      setup.close();
      throw failed;
    }
    return setup;
  }

  /**
   * Deletes the configurations. Idempotent.
   *
   * @throws DmaBufException EIO when one cannot be deleted; the others are
   */
  @Override
  public void close() {
    List<String> failures = new ArrayList<>();
    for (Configuration configuration : made.reversed()) {
      try {
        configuration.delete();
      } catch (IOException failed) {
        failures.add(configuration.getPid() + ": " + failed.getMessage());
      }
    }
    made.clear();
    if (!failures.isEmpty()) {
      throw new DmaBufException(Errno.EIO, "Configurations that cannot be deleted: " + failures);
    }
  }

  private static Map<String, Object> source(PipelinePlan plan) {
    Map<String, Object> source = new LinkedHashMap<>();
    source.put("name", plan.name());
    source.put("location", plan.source().location());
    source.put("width", plan.info().width());
    source.put("height", plan.info().height());
    source.put("format", plan.info().format().name());
    source.put("loop", plan.source().loop());
    return source;
  }

  /** The name of this setup's own device, of that of the first. */
  private String of(String first) {
    return first.substring(0, first.length() - FIRST.length()) + number;
  }

  private Map<String, Object> pipeline(PipelinePlan plan) {
    Map<String, Object> pipeline = new LinkedHashMap<>();
    pipeline.put("name", plan.name());
    pipeline.put("capture.target", "(dmabuf.device=" + of(CAPTURE) + ")");
    pipeline.put("exporter.target", exporters(plan.exporter()));
    pipeline.put("display.target", "(dmabuf.device=" + of(DISPLAY) + ")");
    pipeline.put("width", plan.info().width());
    pipeline.put("height", plan.info().height());
    pipeline.put("format", plan.info().format().name());
    pipeline.put("rate", plan.rate());
    pipeline.put("buffers", plan.buffers());
    pipeline.put("frames", plan.frames().orElse(0));
    pipeline.put("allow", plan.allowed());
    pipeline.put("live", plan.info().live());
    plan.conversion()
        .ifPresent(
            conversion -> {
              pipeline.put("convert", conversion.format().name());
              pipeline.put("convert.width", conversion.width());
              pipeline.put("convert.height", conversion.height());
              pipeline.put("converter.target", "(dmabuf.device=" + of(CONVERTER) + ")");
            });
    plan.record().ifPresent(file -> pipeline.put("record", file));
    if (plan.conversion().isEmpty()) {
      plan.info().y4mHeader().ifPresent(header -> pipeline.put("record.header", header));
    }
    return pipeline;
  }

  /** The filter of exporters by their names. */
  private static String exporters(String names) {
    String any =
        Arrays.stream(names.split(",", -1))
            .map(name -> "(dmabuf.exporter=" + name + ")")
            .collect(Collectors.joining());
    return names.contains(",") ? "(|" + any + ")" : any;
  }

  private void add(String factoryPid, Map<String, Object> properties) {
    try {
      Configuration configuration = admin.createFactoryConfiguration(factoryPid, "?");
      made.add(configuration);
      configuration.update(FrameworkUtil.asDictionary(properties));
    } catch (IOException failed) {
      throw new DmaBufException(
          Errno.EIO, "Configuration " + factoryPid + " cannot be stored: " + failed.getMessage());
    }
  }
}
