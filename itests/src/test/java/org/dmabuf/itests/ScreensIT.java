package org.dmabuf.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import javax.inject.Inject;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.display.Picture;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.memory.Transfer;
import org.dmabuf.pipeline.Pipeline;
import org.dmabuf.pipeline.PipelinePlan;
import org.dmabuf.pipeline.PipelineSetup;
import org.dmabuf.pipeline.PipelineStatus;
import org.dmabuf.video.SourceInfo;
import org.dmabuf.video.SourceRequest;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.util.tracker.ServiceTracker;

/** Frames that are not the whole screen, and screens that are not the only one. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class ScreensIT {
  private static final int BACKGROUND = 0xff204060;
  private static final long FRAMES = 20;
  private static final long START_MILLIS = 20_000;

  @Rule public final LogWatch log = new LogWatch();
  @Inject private BundleContext context;
  private LeakCheck leaks;

  @Configuration
  public Option[] config() {
    return options(ProductOptions.headless());
  }

  @Before
  public void count() {
    leaks = new LeakCheck(Services.get(context, DmaBufRegistry.class));
  }

  @Test
  public void shouldComposeFramesAboveABackgroundAndSwapTheDisplayUnderThem() {
    Swaps swaps = new Swaps(context);
    try (PipelineFixture fixture =
        new PipelineFixture(context)
            .media("pattern", PixelFormat.NV12, 64, 48)
            .with("frames", FRAMES)
            .with("allow", FRAMES / 2)
            .with("overlay", true)
            .with("screen", "160x120")
            .with("overlay.x", 16)
            .with("overlay.y", 12)
            .with("overlay.width", 128)
            .with("overlay.height", 96)
            .with("background", "#204060")
            .start()) {
      fixture.follower().awaitDisplayed(FRAMES / 2);
      isFramed(fixture.running().snapshot().orElseThrow());
      swaps.swap(Role.DISPLAY);
      fixture.running().allow(Long.MAX_VALUE);
      PipelineFixture.isWhole(fixture.ended(), FRAMES);
      isFramed(fixture.running().snapshot().orElseThrow());
    }
    leaks.nothingIsLeft();
    assertThat(leaks.moved(Transfer.COPIED)).as("bytes copied").isZero();
    swaps.areAllCollected();
  }

  private static void isFramed(Picture picture) {
    assertThat(picture.width()).isEqualTo(160);
    assertThat(picture.height()).isEqualTo(120);
    for (int x : new int[] {0, 15, 144, 159}) {
      assertThat(picture.at(x, 60)).as("at " + x).isEqualTo(BACKGROUND);
    }
    // The pattern's eight bars, scaled to 16 columns each, begin with a bright one.
    assertThat(picture.at(20, 60)).isNotEqualTo(BACKGROUND);
  }

  @Test
  public void shouldRunSeveralPipelinesAtOnceAndSwapTheirDriversUnderAll() {
    Swaps swaps = new Swaps(context);
    ConfigurationAdmin admin = Services.get(context, ConfigurationAdmin.class);
    PipelinePlan first = plan("several", FRAMES / 2);
    PipelinePlan second = plan("several-1", FRAMES / 2);
    try (PipelineSetup _ = PipelineSetup.start(admin, first, 0);
        PipelineSetup _ = PipelineSetup.start(admin, second, 1)) {
      List<Running> all = List.of(new Running(first.name()), new Running(second.name()));
      all.forEach(running -> running.follower.awaitDisplayed(FRAMES / 2));
      for (Role role : Role.values()) {
        swaps.swap(role);
      }
      all.forEach(running -> running.pipeline.allow(Long.MAX_VALUE));
      for (Running running : all) {
        assertThat(running.follower.awaitOver())
            .isEqualTo(new PipelineStatus(PipelineStatus.State.ENDED, ""));
        PipelineFixture.isWhole(running.pipeline.counters(), FRAMES);
        running.close();
      }
    }
    Until.holds(() -> context.getServiceReference(Pipeline.class) == null, () -> "no pipeline");
    for (Role role : List.of(Role.CAPTURE, Role.DISPLAY)) {
      Until.holds(
          () -> context.getServiceReference(role.service()) == null, () -> "no " + role.service());
    }
    leaks.nothingIsLeft();
    swaps.areAllCollected();
  }

  private static PipelinePlan plan(String name, long allowed) {
    SourceInfo info =
        new SourceInfo(
            name, PixelFormat.NV12, 64, 48, 60, 1, OptionalLong.empty(), false, Optional.empty());
    return new PipelinePlan(
        name,
        SourceRequest.of("pattern"),
        info,
        "*",
        "max",
        4,
        OptionalLong.of(FRAMES),
        allowed,
        Optional.empty());
  }

  /** One of several pipelines, followed. */
  private final class Running {
    private final Follower follower = new Follower();
    private final ServiceTracker<Pipeline, Pipeline> tracker;
    private final Pipeline pipeline;

    Running(String name) {
      try {
        tracker =
            new ServiceTracker<>(
                context,
                context.createFilter(
                    "(&(objectClass=" + Pipeline.class.getName() + ")(name=" + name + "))"),
                null);
        tracker.open();
        pipeline = tracker.waitForService(START_MILLIS);
      } catch (InvalidSyntaxException | InterruptedException failed) {
        throw new AssertionError("Pipeline " + name + " was not found", failed);
      }
      assertThat(pipeline).as("pipeline " + name).isNotNull();
      pipeline.addListener(follower);
    }

    void close() {
      pipeline.removeListener(follower);
      tracker.close();
    }
  }
}
