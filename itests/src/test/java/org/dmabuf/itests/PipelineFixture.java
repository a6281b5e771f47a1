package org.dmabuf.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.dmabuf.display.kms.DisplayDevice;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.pipeline.Pipeline;
import org.dmabuf.pipeline.PipelineCounters;
import org.dmabuf.pipeline.PipelineStatus;
import org.dmabuf.video.FrameSource;
import org.dmabuf.video.VideoDevice;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.util.tracker.ServiceTracker;

/**
 * One pipeline by configuration, from source to display, and its follower.
 *
 * <pre>
 *   source() or media() -> with(...)* -> capture(), display(), pipeline() or start() for all -> close()
 * </pre>
 */
final class PipelineFixture implements AutoCloseable {
  static final String NAME = "it";
  private static final long START_MILLIS = 20_000;

  private final BundleContext context;
  private final ConfigurationAdmin admin;
  private final Map<String, Object> settings = new HashMap<>();
  private final List<Configuration> made = new ArrayList<>();
  private final Follower follower = new Follower();
  private final ServiceTracker<Pipeline, Pipeline> tracker;
  private ServiceRegistration<FrameSource> registration;
  private ScriptedSource source;

  PipelineFixture(BundleContext context) {
    this.context = context;
    this.admin = Services.get(context, ConfigurationAdmin.class);
    this.tracker = new ServiceTracker<>(context, Pipeline.class, null);
    tracker.open();
    settings.putAll(
        Map.of(
            "name",
            NAME,
            "capture.target",
            "(dmabuf.device=capture0)",
            "display.target",
            "(dmabuf.device=display0)",
            "rate",
            "max",
            "buffers",
            4));
  }

  /** Sets a property of the pipeline's configuration. */
  PipelineFixture with(String key, Object value) {
    settings.put(key, value);
    return this;
  }

  /** Takes frames from a scripted source of the test. */
  PipelineFixture source(ScriptedSource scripted) {
    source = scripted;
    registration =
        context.registerService(
            FrameSource.class,
            scripted,
            FrameworkUtil.asDictionary(Map.of(FrameSource.NAME, NAME)));
    return size(ScriptedSource.FORMAT, scripted.width(), scripted.height());
  }

  /** Takes frames from a source that the media bundle opens. */
  PipelineFixture media(String location, PixelFormat format, int width, int height) {
    add(
        "org.dmabuf.media.source",
        Map.of(
            "name",
            NAME,
            "location",
            location,
            "format",
            format.name(),
            "width",
            width,
            "height",
            height));
    return size(format, width, height);
  }

  /** Says the format and the size of the frames. */
  PipelineFixture size(PixelFormat format, int width, int height) {
    return with("format", format.name()).with("width", width).with("height", height);
  }

  /** Has a converter make something of the frames for the display, of the same size. */
  PipelineFixture converted(PixelFormat to) {
    add("org.dmabuf.v4l2.converter", Map.of("device", "convert0"));
    return with("convert", to.name()).with("converter.target", "(dmabuf.device=convert0)");
  }

  void capture() {
    add(
        "org.dmabuf.v4l2.capture",
        Map.of("device", "capture0", "source.target", "(dmabuf.source=" + NAME + ")"));
  }

  void display() {
    add("org.dmabuf.display", Map.of("device", "display0"));
  }

  void pipeline() {
    add(Pipeline.PID, settings);
  }

  /** Makes all configurations, and follows the pipeline. */
  PipelineFixture start() {
    capture();
    display();
    pipeline();
    return follow();
  }

  /**
   * Waits until the devices are there. A configuration that reaches DS in the very moment at which
   * the bundle stops is more than Felix SCR can take.
   */
  PipelineFixture awaitDevices() {
    Services.get(context, VideoDevice.class);
    Services.get(context, DisplayDevice.class);
    return this;
  }

  /** Waits for the pipeline, and follows it. */
  PipelineFixture follow() {
    running().addListener(follower);
    return this;
  }

  Pipeline running() {
    try {
      Pipeline pipeline = tracker.waitForService(START_MILLIS);
      assertThat(pipeline).as("the pipeline's service").isNotNull();
      return pipeline;
    } catch (InterruptedException stopped) {
      throw new AssertionError("The test was interrupted", stopped);
    }
  }

  Follower follower() {
    return follower;
  }

  /** Waits for the end, which must be a good one; returns what was counted. */
  PipelineCounters ended() {
    assertThat(follower.awaitOver())
        .as("the pipeline's end")
        .isEqualTo(new PipelineStatus(PipelineStatus.State.ENDED, ""));
    return running().counters();
  }

  ScriptedSource source() {
    return source;
  }

  /** Waits until the display does something. */
  void awaitDisplay(String what) {
    Until.holds(() -> displayStatus().startsWith(what), () -> what + "; it " + displayStatus());
  }

  /** Returns what the display does now; empty while there is none. */
  String displayStatus() {
    ServiceReference<DisplayDevice> reference = context.getServiceReference(DisplayDevice.class);
    DisplayDevice device = reference == null ? null : context.getService(reference);
    if (device == null) {
      return "";
    }
    try {
      return device.status();
    } finally {
      context.ungetService(reference);
    }
  }

  /** Checks that every frame was displayed once, in order, and as it was written. */
  static void isWhole(PipelineCounters counters, long frames) {
    assertThat(counters.captured()).as("captured").isEqualTo(frames);
    assertThat(counters.displayed()).as("displayed").isEqualTo(frames);
    assertThat(counters.lost()).as("lost").isZero();
    assertThat(counters.repeated()).as("repeated").isZero();
    assertThat(counters.outOfOrder()).as("out of order").isZero();
    assertThat(counters.errors()).as("errors").isZero();
    assertThat(counters.dropped()).as("dropped").isZero();
    assertThat(counters.checksumMismatches()).as("checksum mismatches").isZero();
    assertThat(counters.readByDisplay()).as("read").isEqualTo(counters.writtenByCapture());
  }

  /** Takes all configurations away, the pipeline's first, and waits until the services are gone. */
  @Override
  public void close() {
    if (source != null) {
      source.releaseAll();
    }
    Pipeline pipeline = tracker.getService();
    if (pipeline != null) {
      pipeline.removeListener(follower);
    }
    for (Configuration configuration : made.reversed()) {
      delete(configuration);
    }
    made.clear();
    tracker.close();
    for (String service :
        List.of(Pipeline.class.getName(), Role.CAPTURE.service(), Role.DISPLAY.service())) {
      Until.holds(() -> context.getServiceReference(service) == null, () -> "no " + service);
    }
    if (registration != null) {
      registration.unregister();
    }
    Until.holds(
        () -> context.getServiceReference(FrameSource.class) == null, () -> "no frame source");
  }

  /** Makes a configuration for any bundle, so that a successor gets its predecessor's. */
  Configuration add(String factoryPid, Map<String, Object> properties) {
    try {
      Configuration configuration = admin.createFactoryConfiguration(factoryPid, "?");
      made.add(configuration);
      configuration.update(FrameworkUtil.asDictionary(properties));
      return configuration;
    } catch (IOException failed) {
      throw new AssertionError("A configuration of " + factoryPid + " was not stored", failed);
    }
  }

  private static void delete(Configuration configuration) {
    try {
      configuration.delete();
    } catch (IOException failed) {
      throw new AssertionError(configuration.getPid() + " was not deleted", failed);
    }
  }

  @Override
  public String toString() {
    return "pipeline of " + settings + " with " + Arrays.toString(made.toArray());
  }
}
