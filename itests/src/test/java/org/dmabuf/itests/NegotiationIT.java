package org.dmabuf.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import javax.inject.Inject;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.display.kms.DisplayDevice;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.negotiation.BufferExporter;
import org.dmabuf.negotiation.BufferRequest;
import org.dmabuf.negotiation.DeviceCatalog;
import org.dmabuf.negotiation.ExporterOffer;
import org.dmabuf.negotiation.Importer;
import org.dmabuf.negotiation.ImporterNeeds;
import org.dmabuf.negotiation.NegotiatedBuffer;
import org.dmabuf.negotiation.ServiceKeys;
import org.dmabuf.sg.SgTable;
import org.dmabuf.video.VideoDevice;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;

/** Buffers that suit the devices and exporters that are there as services, while those change. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class NegotiationIT {
  private static final BufferRequest FRAME = BufferRequest.frame(640, 480, PixelFormat.NV12);
  private static final DmaDevice TUNER = DmaDevice.builder("tuner").contiguous().build();

  @Rule public final LogWatch log = new LogWatch();
  @Inject private BundleContext context;
  private DmaBufRegistry registry;
  private LeakCheck leaks;

  @Configuration
  public Option[] config() {
    return options(ProductOptions.headless());
  }

  @Before
  public void count() {
    registry = Services.get(context, DmaBufRegistry.class);
    awaitExporters(names -> names.contains("system") && names.contains("reserved"));
    leaks = new LeakCheck(registry);
  }

  @After
  public void nothingIsLeft() {
    leaks.nothingIsLeft();
  }

  private void awaitExporters(Predicate<List<String>> as) {
    Until.holds(() -> as.test(exporters()), () -> "the exporters are not " + exporters());
  }

  private List<String> exporters() {
    return registry.exporters().stream().map(ExporterOffer::name).toList();
  }

  private ServiceRegistration<Importer> offer(ImporterNeeds needs) {
    return context.registerService(
        Importer.class, needs, FrameworkUtil.asDictionary(needs.toProperties()));
  }

  private Bundle heaps() {
    for (Bundle bundle : context.getBundles()) {
      if (bundle.getSymbolicName().equals(Role.EXPORTER.bundle())) {
        return bundle;
      }
    }
    throw new AssertionError("There is no bundle " + Role.EXPORTER.bundle());
  }

  @Test
  public void shouldGiveTheCameraAndTheDisplayABufferOfTheCheapestHeap() {
    try (PipelineFixture devices = new PipelineFixture(context)) {
      devices.capture();
      devices.display();
      VideoDevice camera = Services.get(context, VideoDevice.class);
      DisplayDevice screen = Services.get(context, DisplayDevice.class);
      // A service can be got a moment before those who listen are told of it.
      Until.holds(
          () -> registry.importers().containsAll(List.of(camera.needs(), screen.needs())),
          () -> "what their properties say in " + registry.importers());
      try (NegotiatedBuffer made = registry.allocate(FRAME, camera, screen)) {
        assertThat(made.buffer().exporterName()).isEqualTo("system");
        assertThat(made.candidate().pitchAlign()).isEqualTo(64);
        assertThat(made.failures()).isEmpty();
      }
    }
  }

  @Test
  public void shouldGiveADeviceThatCannotGatherOneRun() {
    ServiceRegistration<Importer> tuner = offer(ImporterNeeds.of(TUNER));
    try (NegotiatedBuffer made =
            registry.allocate(FRAME, context.getService(tuner.getReference()));
        Attachment attachment = made.buffer().attach(TUNER)) {
      assertThat(made.buffer().exporterName()).isEqualTo("reserved");
      SgTable table = attachment.mapUnlocked(DmaDirection.FROM_DEVICE);
      assertThat(table.contiguousSize()).isEqualTo(made.buffer().size());
      attachment.unmapUnlocked(table);
    }
    assertThat(registry.negotiate(FRAME, ImporterNeeds.of(TUNER)).sentence())
        .contains("not system: tuner needs one run of addresses");
    tuner.unregister();
  }

  @Test
  public void shouldFollowThePropertiesOfAService() {
    ServiceRegistration<Importer> tuner = offer(ImporterNeeds.of(TUNER));
    assertThat(registry.importers()).contains(ImporterNeeds.of(TUNER));
    Map<String, Object> changed = new HashMap<>(ImporterNeeds.of(TUNER).toProperties());
    changed.put(ServiceKeys.CONTIGUOUS, false);
    tuner.setProperties(FrameworkUtil.asDictionary(changed));
    assertThat(registry.importers())
        .contains(ImporterNeeds.of(DmaDevice.named("tuner")))
        .doesNotContain(ImporterNeeds.of(TUNER));
    tuner.unregister();
    assertThat(registry.importers()).extracting(ImporterNeeds::name).doesNotContain("tuner");
  }

  @Test
  public void shouldLeaveOutAServiceWhosePropertiesCannotBeRead() {
    log.expect("takes no part in negotiations");
    ServiceRegistration<BufferExporter> wrong =
        context.registerService(
            BufferExporter.class,
            (spec, caller) -> {
              throw new AssertionError("was asked");
            },
            FrameworkUtil.asDictionary(
                Map.of(ServiceKeys.EXPORTER, "wrong", ServiceKeys.ALIGNMENT, "much")));
    assertThat(exporters()).doesNotContain("wrong");
    wrong.unregister();
  }

  @Test
  public void shouldTellOfAChangeWithNoLockThatAnotherChangeWaitsFor() throws Exception {
    ServiceRegistration<Importer> tuner = offer(ImporterNeeds.of(TUNER));
    Map<String, Object> wider = new HashMap<>(ImporterNeeds.of(TUNER).toProperties());
    wider.put(ServiceKeys.CONTIGUOUS, false);
    AtomicReference<CompletableFuture<Void>> other = new AtomicReference<>();
    // Who is told first has another thread change the same service, and waits for that.
    Runnable told =
        () -> {
          if (other.compareAndSet(null, new CompletableFuture<>())) {
            CompletableFuture<Void> change =
                CompletableFuture.runAsync(
                    () -> tuner.setProperties(FrameworkUtil.asDictionary(wider)));
            other.set(change);
            change.orTimeout(60, TimeUnit.SECONDS).join();
          }
        };
    try (DeviceCatalog.Listing watch = registry.whenDevicesChange(told)) {
      assertThat(watch).isNotNull();
      tuner.setProperties(FrameworkUtil.asDictionary(ImporterNeeds.of(TUNER).toProperties()));
    }
    assertThat(other.get()).as("the other change").isCompleted();
    assertThat(registry.importers()).contains(ImporterNeeds.of(DmaDevice.named("tuner")));
    tuner.unregister();
    assertThat(registry.importers()).extracting(ImporterNeeds::name).doesNotContain("tuner");
  }

  @Test
  public void shouldAskTheNextWhenTheCheapestLeavesWhileItIsAsked() {
    ServiceRegistration<?>[] own = new ServiceRegistration<?>[1];
    BufferExporter leaving =
        (spec, caller) -> {
          own[0].unregister();
          throw new IllegalStateException("a mistake");
        };
    log.expect("Exporter leaving failed");
    own[0] =
        context.registerService(
            BufferExporter.class,
            leaving,
            FrameworkUtil.asDictionary(
                Map.of(ServiceKeys.EXPORTER, "leaving", ServiceKeys.COST, -1)));
    try (NegotiatedBuffer made =
        registry.allocate(FRAME, ImporterNeeds.of(DmaDevice.named("any")))) {
      assertThat(made.buffer().exporterName()).isEqualTo("system");
      assertThat(made.failures()).singleElement().asString().contains("leaving failed with EIO");
    }
    assertThat(exporters()).doesNotContain("leaving");
  }

  @Test
  public void shouldSayThatNobodyIsThereWhileTheHeapsAreStopped() throws BundleException {
    Importer any = ImporterNeeds.of(DmaDevice.named("any"));
    NegotiatedBuffer before = registry.allocate(FRAME, any);
    heaps().stop();
    assertThat(exporters()).doesNotContain("system", "reserved");
    assertThatThrownBy(() -> registry.allocate(FRAME.from("system"), any))
        .hasMessageStartingWith("ENODEV: Nobody can be asked");
    heaps().start();
    awaitExporters(names -> names.contains("system"));
    try (NegotiatedBuffer after = registry.allocate(FRAME.from("system"), any)) {
      assertThat(after.buffer().inode()).isNotEqualTo(before.buffer().inode());
    }
    before.close();
  }

  @Test
  public void shouldRunAPipelineThatNamesNoExporter() {
    try (PipelineFixture pipeline = new PipelineFixture(context)) {
      pipeline.media("pattern", PixelFormat.NV12, 64, 48).with("frames", 20).start();
      assertThat(pipeline.ended().displayed()).isEqualTo(20);
    }
  }

  @Test
  public void shouldRunAPipelineOnTheOneExporterThatItsFilterLeaves() {
    try (PipelineFixture pipeline = new PipelineFixture(context)) {
      pipeline
          .media("pattern", PixelFormat.NV12, 64, 48)
          .with("exporter.target", "(dmabuf.exporter=reserved)")
          .with("frames", 20)
          .start();
      assertThat(pipeline.ended().displayed()).isEqualTo(20);
      assertThat(log.lines()).anyMatch(line -> line.contains("4 buffers of reserved"));
    }
  }
}
