package org.dmabuf.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.File;
import java.util.List;
import java.util.stream.LongStream;
import javax.inject.Inject;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.memory.Transfer;
import org.dmabuf.pipeline.PipelineCounters;
import org.dmabuf.pipeline.PipelineStatus;
import org.dmabuf.pipeline.PipelineStatus.State;
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

/** A source that fails: its frame is marked and not displayed, and the pipeline does as it is told. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class SourceErrorIT {
  private static final long FRAMES = 12;
  private static final long BROKEN_FRAME = 5;
  private static final long BROKEN_PIPE = 9;

  @Rule public final LogWatch log = new LogWatch();
  @Rule public final TemporaryFolder folder = new TemporaryFolder();
  @Inject private BundleContext context;
  private LeakCheck leaks;
  private ScriptedSource source;
  private File record;

  @Configuration
  public Option[] config() {
    return options(ProductOptions.headless());
  }

  @Before
  public void count() {
    leaks = new LeakCheck(Services.get(context, DmaBufRegistry.class));
    source = new ScriptedSource(64, 48, FRAMES);
    record = new File(folder.getRoot(), "record.y4m");
  }

  @After
  public void nothingIsLeft() {
    leaks.nothingIsLeft();
    assertThat(leaks.moved(Transfer.COPIED)).as("bytes copied").isZero();
  }

  @Test
  public void shouldLeaveOutABrokenFrameAndGoOn() {
    source.failAt(BROKEN_FRAME, Errno.EIO);
    log.expect("Frame 5 is broken on purpose");
    try (PipelineFixture fixture = recorded()) {
      PipelineCounters counters = fixture.start().ended();
      counted(counters, FRAMES - 1);
      shown(LongStream.range(0, FRAMES).filter(frame -> frame != BROKEN_FRAME));
    }
    assertThat(log.bad("Frame 5 is broken on purpose")).hasSize(1);
  }

  @Test
  public void shouldEndAtABrokenFrameWhenConfiguredSo() {
    source.failAt(BROKEN_FRAME, Errno.EIO);
    log.expect("Frame 5 is broken on purpose");
    try (PipelineFixture fixture = recorded().with("on.error", "end").start()) {
      failed(fixture, "Frame 5 is broken on purpose");
      counted(fixture.running().counters(), BROKEN_FRAME);
      shown(LongStream.range(0, BROKEN_FRAME));
    }
  }

  @Test
  public void shouldFailWhenTheSourceCannotGoOn() {
    source.failAt(BROKEN_FRAME, Errno.EIO);
    source.failAt(BROKEN_PIPE, Errno.EPIPE);
    log.expect("Frame 5 is broken on purpose");
    log.expect("Frame 9 is broken on purpose");
    try (PipelineFixture fixture = recorded().start()) {
      failed(fixture, "Frame 9 is broken on purpose");
      PipelineCounters counters = fixture.running().counters();
      assertThat(counters.errors()).as("errors").isEqualTo(2);
      shown(LongStream.range(0, BROKEN_PIPE).filter(frame -> frame != BROKEN_FRAME));
    }
  }

  @Test
  public void shouldFailAlsoWithoutFences() {
    source.failAt(BROKEN_FRAME, Errno.EIO);
    source.failAt(BROKEN_PIPE, Errno.EPIPE);
    log.expect("Frame 5 is broken on purpose");
    log.expect("Frame 9 is broken on purpose");
    try (PipelineFixture fixture = recorded().with("fencing", "none").start()) {
      failed(fixture, "Frame 9 is broken on purpose");
      shown(LongStream.range(0, BROKEN_PIPE).filter(frame -> frame != BROKEN_FRAME));
    }
  }

  /** The frame after the broken one is half written when the camera is replaced. */
  @Test
  public void shouldLeaveOutABrokenFrameWhileDriversAreSwapped() {
    log.expect("Frame 5 is broken on purpose");
    Swaps swaps = new Swaps(context);
    for (Role role : Role.values()) {
      source = new ScriptedSource(64, 48, FRAMES);
      source.failAt(BROKEN_FRAME, Errno.EIO);
      Hold hold = source.hold(BROKEN_FRAME + 1, ScriptedSource.Point.HALF);
      try (PipelineFixture fixture = recorded().start()) {
        hold.awaitReached();
        swaps.swap(role);
        hold.release();
        counted(fixture.ended(), FRAMES - 1);
        shown(LongStream.range(0, FRAMES).filter(frame -> frame != BROKEN_FRAME));
      }
    }
    swaps.areAllCollected();
  }

  @Test
  public void shouldFailWhenTheVeryFirstFrameIsTheEnd() {
    source.failAt(0, Errno.EPIPE);
    log.expect("Frame 0 is broken on purpose");
    try (PipelineFixture fixture = recorded().start()) {
      failed(fixture, "Frame 0 is broken on purpose");
      assertThat(fixture.running().counters().displayed()).isZero();
    }
  }

  private PipelineFixture recorded() {
    return new PipelineFixture(context)
        .source(source)
        .with("record", record.getPath())
        .with("record.header", Recording.HEADER);
  }

  private static void failed(PipelineFixture fixture, String sentence) {
    PipelineStatus end = fixture.follower().awaitOver();
    assertThat(end.state()).as(end.message()).isEqualTo(State.FAILED);
    assertThat(end.message()).contains(sentence);
  }

  private static void counted(PipelineCounters counters, long displayed) {
    assertThat(counters.errors()).as("errors").isEqualTo(1);
    assertThat(counters.captured()).as("captured").isEqualTo(displayed);
    assertThat(counters.displayed()).as("displayed").isEqualTo(displayed);
    assertThat(counters.lost()).as("lost").isZero();
    assertThat(counters.repeated()).as("repeated").isZero();
    assertThat(counters.outOfOrder()).as("out of order").isZero();
    assertThat(counters.checksumMismatches()).as("checksum mismatches").isZero();
  }

  private void shown(LongStream frames) {
    List<Long> expected = frames.boxed().toList();
    Recording.holds(record.toPath(), source, expected);
  }
}
