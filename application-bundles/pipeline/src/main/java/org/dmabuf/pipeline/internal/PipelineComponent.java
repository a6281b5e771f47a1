package org.dmabuf.pipeline.internal;

import java.util.Optional;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.display.Picture;
import org.dmabuf.display.kms.DisplayDevice;
import org.dmabuf.negotiation.BufferExporter;
import org.dmabuf.negotiation.DeviceCatalog.Listing;
import org.dmabuf.pipeline.Pipeline;
import org.dmabuf.pipeline.PipelineCounters;
import org.dmabuf.pipeline.PipelineListener;
import org.dmabuf.pipeline.PipelineStatus;
import org.dmabuf.video.VideoDevice;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One configured pipeline: a thread that runs {@link PipelineLoop} for as long as the configuration
 * is there. Its devices come and go as dynamic references; it ends before what it stands on.
 */
@Component(
    immediate = true,
    configurationPid = Pipeline.PID,
    configurationPolicy = ConfigurationPolicy.REQUIRE,
    reference = @Reference(name = "ground", service = Ground.class))
@Designate(ocd = PipelineConfig.class, factory = true)
public final class PipelineComponent implements Pipeline {
  private static final Logger LOG = LoggerFactory.getLogger(PipelineComponent.class);
  private static final long FINISH_MILLIS = 2_000;
  private static final long JOIN_MILLIS = 5_000;

  private final Settings settings;
  private final Doorbell doorbell;
  private final Roles roles;
  private final FrameLedger ledger;
  private final Followers followers;
  private final Optional<Y4mRecorder> recorder;
  private final Devices devices;
  private final PipelineLoop loop;
  private final Listing watch;
  private final Thread thread;

  /** Checks the configuration and starts the thread, which waits for devices. */
  @Activate
  public PipelineComponent(@Reference DmaBufRegistry registry, PipelineConfig config) {
    settings = Settings.of(config);
    doorbell = new Doorbell(registry.clock());
    roles = new Roles(doorbell);
    ledger = new FrameLedger(settings.name(), settings.live());
    followers = new Followers(settings.name());
    recorder =
        settings
            .record()
            .map(
                file ->
                    new Y4mRecorder(
                        file,
                        settings.shownFormat(),
                        settings.shownWidth(),
                        settings.shownHeight(),
                        settings.rate().forY4m(),
                        settings.recordHeader()));
    Flight flight = new Flight(ledger);
    ScreenWitness witness = new ScreenWitness(ledger, recorder);
    devices = new Devices(settings, registry, roles, flight, witness, doorbell::ring);
    loop = new PipelineLoop(settings, registry.clock(), doorbell, flight, devices, followers);
    // Of exporters the framework hears by itself, perhaps after this component did.
    watch = registry.whenDevicesChange(doorbell::ring);
    thread = registry.threads().start("dmabuf-pipeline-" + settings.name(), loop);
  }

  @Override
  public String name() {
    return settings.name();
  }

  @Override
  public PipelineStatus status() {
    return followers.status();
  }

  @Override
  public PipelineCounters counters() {
    return ledger.counters();
  }

  @Override
  public void addListener(PipelineListener listener) {
    followers.add(listener);
  }

  @Override
  public void removeListener(PipelineListener listener) {
    followers.remove(listener);
  }

  @Override
  public void allow(long frames) {
    loop.allow(frames);
  }

  @Override
  public Optional<Picture> snapshot() {
    return devices.snapshot();
  }

  @Reference(
      name = "capture",
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC)
  void bindCapture(VideoDevice device) {
    roles.bind(device);
  }

  void unbindCapture(VideoDevice device) {
    roles.unbind(device);
  }

  @Reference(
      name = "converter",
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC)
  void bindConverter(VideoDevice device) {
    roles.bindConverter(device);
  }

  void unbindConverter(VideoDevice device) {
    roles.unbindConverter(device);
  }

  @Reference(
      name = "exporter",
      service = BufferExporter.class,
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC)
  void bindExporter(ServiceReference<BufferExporter> exporter) {
    roles.bind(exporter);
  }

  void unbindExporter(ServiceReference<BufferExporter> exporter) {
    roles.unbind(exporter);
  }

  @Reference(
      name = "display",
      cardinality = ReferenceCardinality.OPTIONAL,
      policy = ReferencePolicy.DYNAMIC)
  void bindDisplay(DisplayDevice device) {
    roles.bind(device);
  }

  void unbindDisplay(DisplayDevice device) {
    roles.unbind(device);
  }

  /**
   * Lets the thread show what is in flight, for a bounded time, and ends it; it gives everything
   * back. Then the record file is closed.
   */
  @Deactivate
  void stop() {
    loop.finish();
    try {
      thread.join(FINISH_MILLIS);
      loop.giveUp();
      thread.interrupt();
      thread.join(JOIN_MILLIS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      LOG.error(
          "Pipeline {} does not end; it is at {}",
          settings.name(),
          (Object) thread.getStackTrace());
    }
    watch.close();
    recorder.ifPresent(Y4mRecorder::close);
  }
}
