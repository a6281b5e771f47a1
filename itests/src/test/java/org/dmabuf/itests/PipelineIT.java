package org.dmabuf.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.display.Picture;
import org.dmabuf.format.FrameLayout;
import org.dmabuf.format.PixelFormat;
import org.dmabuf.memory.Transfer;
import org.dmabuf.pipeline.Pipeline;
import org.dmabuf.pipeline.PipelineCounters;
import org.dmabuf.video.FrameSourceFactory;
import org.dmabuf.video.SourceInfo;
import org.dmabuf.video.SourceRequest;
import org.junit.Assume;
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

/** From source to display without a copy: patterns of all formats, and real video byte for byte. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class PipelineIT {
  private static final String SHARED = "DMABUF_SHARED";

  @Rule public final LogWatch log = new LogWatch();
  @Rule public final TemporaryFolder folder = new TemporaryFolder();
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
    leaks = new LeakCheck(registry);
  }

  @Test
  public void shouldCarryEveryFormatOfThePattern() {
    for (PixelFormat format : PixelFormat.values()) {
      pattern(format, 64, 48, "implicit");
    }
  }

  @Test
  public void shouldCarryOddSizesWithPaddedRows() {
    for (PixelFormat format : PixelFormat.values()) {
      pattern(format, 17, 19, "implicit");
    }
  }

  @Test
  public void shouldCarryFramesAlsoWithoutFences() {
    pattern(PixelFormat.NV12, 64, 48, "none");
    pattern(PixelFormat.XRGB8888, 17, 19, "none");
  }

  @Test
  public void shouldConvertAndScaleForTheDisplay() {
    for (String fencing : List.of("implicit", "none")) {
      try (PipelineFixture fixture = new PipelineFixture(context)) {
        fixture
            .media("pattern", PixelFormat.NV12, 64, 48)
            .converted(PixelFormat.XRGB8888)
            .with("convert.width", 96)
            .with("convert.height", 80)
            .with("frames", 20)
            .with("fencing", fencing)
            .start();
        PipelineCounters counters = fixture.ended();
        assertThat(counters.displayed()).isEqualTo(20);
        assertThat(counters.lost()).isZero();
        assertThat(counters.errors()).isZero();
        assertThat(counters.checksumMismatches()).isZero();
        assertThat(counters.writtenByCapture()).isEqualTo(20 * 64 * 48 * 3 / 2);
        assertThat(counters.readByDisplay()).isEqualTo(20 * 96 * 80 * 4);
        Picture picture = fixture.running().snapshot().orElseThrow();
        assertThat(picture.width()).isEqualTo(96);
        assertThat(picture.height()).isEqualTo(80);
      }
      assertThat(leaks.moved(Transfer.COPIED)).isZero();
      assertThat(leaks.moved(Transfer.CONVERTED)).isPositive();
    }
    leaks.nothingIsLeft();
  }

  @Test
  public void shouldKeepTheTimeOfASlowDisplay() {
    long frames = 12;
    long begin = System.nanoTime();
    try (PipelineFixture fixture =
        new PipelineFixture(context)
            .media("pattern", PixelFormat.NV12, 64, 48)
            .with("frames", frames)
            .with("rate", "30")
            .start()) {
      PipelineFixture.isWhole(fixture.ended(), frames);
    }
    assertThat(System.nanoTime() - begin)
        .as("ns for %d frames at 30 a second", frames)
        .isGreaterThan((frames - 2) * 1_000_000_000L / 30);
    leaks.nothingIsLeft();
  }

  /** Its configuration goes while frames flow: an unexpected warning would tell of a lost one. */
  @Test
  public void shouldShowWhatIsInFlightWhenItIsTakenDown() {
    for (int round = 0; round < 5; round++) {
      Pipeline running;
      try (PipelineFixture fixture =
          new PipelineFixture(context).media("pattern", PixelFormat.NV12, 64, 48).start()) {
        fixture.follower().awaitDisplayed(3);
        running = fixture.running();
      }
      // What it counted stays readable after it was taken down.
      PipelineCounters last = running.counters();
      assertThat(last.displayed()).as("of those captured").isEqualTo(last.captured());
      assertThat(last.lost()).isZero();
      leaks.nothingIsLeft();
    }
  }

  @Test
  public void shouldCarryEveryVideoOfTheSharedFolderByteForByte() throws IOException {
    List<Path> videos = shared("y4m");
    assertThat(videos).as("Y4M files in the shared folder").isNotEmpty();
    for (Path video : videos) {
      Path record = folder.getRoot().toPath().resolve("out-" + video.getFileName());
      SourceInfo info = probe(video);
      String header = info.y4mHeader().orElseThrow();
      carry(video, info, Map.of("record", record.toString(), "record.header", header));
      assertThat(Files.mismatch(video, record)).as("first difference to " + video).isEqualTo(-1);
    }
  }

  @Test
  public void shouldCarryEveryMotionJpegOfTheSharedFolder() throws IOException {
    List<Path> videos = shared("avi");
    assertThat(videos).as("AVI files in the shared folder").isNotEmpty();
    for (Path video : videos) {
      carry(video, probe(video), Map.of());
    }
  }

  private void pattern(PixelFormat format, int width, int height, String fencing) {
    long frames = 8;
    try (PipelineFixture fixture =
        new PipelineFixture(context)
            .media("pattern", format, width, height)
            .with("frames", frames)
            .with("fencing", fencing)
            .start()) {
      PipelineCounters counters = fixture.ended();
      PipelineFixture.isWhole(counters, frames);
      assertThat(counters.writtenByCapture())
          .as("bytes written of %s %dx%d", format, width, height)
          .isEqualTo(frames * FrameLayout.of(format, width, height, 1).size());
      assertThat(fixture.running().snapshot()).as("the picture on the screen").isPresent();
    }
    nothingWasCopied();
  }

  private SourceInfo probe(Path video) {
    return Services.get(context, FrameSourceFactory.class)
        .probe(SourceRequest.of(video.toString()));
  }

  private void carry(Path video, SourceInfo info, Map<String, Object> settings) {
    PipelineFixture fixture =
        new PipelineFixture(context)
            .media(video.toString(), info.format(), info.width(), info.height());
    settings.forEach(fixture::with);
    try (fixture) {
      PipelineFixture.isWhole(fixture.start().ended(), info.frames().orElseThrow());
    }
    nothingWasCopied();
  }

  private void nothingWasCopied() {
    assertThat(leaks.moved(Transfer.COPIED)).as("bytes copied").isZero();
    leaks.nothingIsLeft();
  }

  /** Returns the shared videos of a kind; without the folder the test is skipped, and says so. */
  private static List<Path> shared(String kind) throws IOException {
    String shared = System.getenv(SHARED);
    if (shared == null) {
      System.err.println("SKIPPED: videos of kind " + kind + ", because " + SHARED + " is not set");
      Assume.assumeTrue(SHARED + " is not set, so there are no videos", false);
    }
    Path media = Path.of(shared).resolve("media");
    assertThat(media).as("the folder that " + SHARED + " names").isDirectory();
    try (Stream<Path> files = Files.list(media)) {
      return files.filter(file -> file.toString().endsWith("." + kind)).sorted().toList();
    }
  }
}
