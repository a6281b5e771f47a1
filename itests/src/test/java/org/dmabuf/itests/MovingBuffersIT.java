package org.dmabuf.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.File;
import java.util.List;
import java.util.Map;
import javax.inject.Inject;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.itests.ScriptedSource.Point;
import org.dmabuf.memory.Transfer;
import org.dmabuf.negotiation.ExporterOffer;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;

/**
 * Six buffers share a region with room for three, so that they move all the time, while the
 * exporter that moves them and each of the devices that use them is replaced. Every frame is
 * displayed once, in order and as it was written.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class MovingBuffersIT {
  private static final String VRAM = "org.dmabuf.exporter.vram";
  private static final List<String> BUNDLES =
      List.of(VRAM, Role.CAPTURE.bundle(), Role.DISPLAY.bundle());
  private static final String SMALL = "small";
  private static final int WIDTH = 64;
  private static final int HEIGHT = 48;
  private static final long PAGE_KIB = 4;
  private static final long FRAMES = 60;

  @Rule public final LogWatch log = new LogWatch();
  @Rule public final TemporaryFolder folder = new TemporaryFolder();
  @Inject private BundleContext context;
  private DmaBufRegistry registry;
  private Swaps swaps;
  private LeakCheck leaks;

  @Configuration
  public Option[] config() {
    return options(ProductOptions.headless());
  }

  @Before
  public void count() {
    registry = Services.get(context, DmaBufRegistry.class);
    swaps = new Swaps(context);
    leaks = new LeakCheck(registry);
  }

  @After
  public void nothingIsLeft() {
    leaks.nothingIsLeft();
    assertThat(leaks.moved(Transfer.COPIED)).as("bytes copied").isZero();
    assertThat(leaks.moved(Transfer.MOVED)).as("bytes moved").isPositive();
    swaps.areAllCollected();
  }

  @Test
  public void shouldSwapInTheMiddleOfAWrite() {
    at(Point.HALF);
  }

  @Test
  public void shouldSwapWhenAFrameIsWrittenAndNotAccepted() {
    at(Point.WRITTEN);
  }

  @Test
  public void shouldSwapWhileBuffersMoveOnTheirWayToTheDevices() {
    for (String bundle : BUNDLES) {
      ScriptedSource source = new ScriptedSource(WIDTH, HEIGHT, FRAMES);
      try (PipelineFixture fixture = recorded(source).start()) {
        for (long shown = 10; shown < FRAMES; shown += 20) {
          fixture.follower().awaitDisplayed(shown);
          swaps.swap(bundle);
        }
        isWhole(fixture);
      }
      noExporterIsLeft();
    }
  }

  private void at(Point point) {
    for (String bundle : BUNDLES) {
      ScriptedSource source = new ScriptedSource(WIDTH, HEIGHT, FRAMES);
      Hold hold = source.hold(FRAMES / 2, point);
      try (PipelineFixture fixture = recorded(source).start()) {
        hold.awaitReached();
        swaps.swap(bundle);
        hold.release();
        isWhole(fixture);
      }
      noExporterIsLeft();
    }
  }

  private PipelineFixture recorded(ScriptedSource source) {
    long bytes = FrameLayout.of(ScriptedSource.FORMAT, WIDTH, HEIGHT, 64).size();
    long pages = (bytes + PAGE_KIB * 1024 - 1) / (PAGE_KIB * 1024);
    PipelineFixture fixture =
        new PipelineFixture(context)
            .source(source)
            .with("record", record().getPath())
            .with("record.header", Recording.HEADER)
            .with("buffers", 6)
            .with("exporter.target", "(dmabuf.exporter=" + SMALL + ")");
    fixture.add(
        "org.dmabuf.vram",
        Map.of("dmabuf.node", SMALL, "dmabuf.exporter", SMALL, "size.kib", 3 * pages * PAGE_KIB));
    return fixture;
  }

  private File record() {
    return new File(folder.getRoot(), "record.y4m");
  }

  private void isWhole(PipelineFixture fixture) {
    PipelineFixture.isWhole(fixture.ended(), FRAMES);
    Recording.holds(record().toPath(), fixture.source(), FRAMES);
  }

  private void noExporterIsLeft() {
    Until.holds(
        () -> registry.exporters().stream().map(ExporterOffer::name).noneMatch(SMALL::equals),
        () -> "that exporter " + SMALL + " is gone");
  }
}
