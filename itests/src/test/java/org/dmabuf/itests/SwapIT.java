package org.dmabuf.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.File;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import javax.inject.Inject;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.itests.ScriptedSource.Point;
import org.dmabuf.memory.Transfer;
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
import org.osgi.framework.BundleEvent;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.Version;

/**
 * Each driver's bundle is replaced at every point of the frame cycle. Whatever the point: every
 * frame of the source is displayed once, in order and as it was written, the old bundle's class
 * loader can be collected, and nothing is left behind.
 *
 * <pre>
 *   no frame yet -> queued -> half written -> written -> [accepted, fence signalled] -> flip -> on screen -> over
 *                   \___ the display has committed and waits for the fence ___/  \_ waits for vblank
 * </pre>
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class SwapIT {
  private static final long FRAMES = 12;
  private static final long AT = 5;
  private static final int MOST_ATTEMPTS = 10;

  @Rule public final LogWatch log = new LogWatch();
  @Rule public final TemporaryFolder folder = new TemporaryFolder();
  @Inject private BundleContext context;
  private Swaps swaps;
  private LeakCheck leaks;

  @Configuration
  public Option[] config() {
    return options(ProductOptions.headless());
  }

  @Before
  public void count() {
    swaps = new Swaps(context);
    leaks = new LeakCheck(Services.get(context, DmaBufRegistry.class));
  }

  @After
  public void nothingIsLeft() {
    leaks.nothingIsLeft();
    assertThat(leaks.moved(Transfer.COPIED)).as("bytes copied").isZero();
    assertThat(swaps.count()).as("swaps").isPositive();
    swaps.areAllCollected();
  }

  @Test
  public void shouldSwapBeforeTheFirstFrame() {
    each(
        (role, source) -> {
          Hold first = source.hold(0, Point.EMPTY);
          try (PipelineFixture fixture = recorded(source).start()) {
            first.awaitReached();
            swaps.swap(role);
            first.release();
            isWhole(fixture);
          }
        });
  }

  @Test
  public void shouldSwapBeforeThePipelineIsThere() {
    each(
        (role, source) -> {
          try (PipelineFixture fixture = recorded(source)) {
            fixture.capture();
            fixture.display();
            fixture.awaitDevices();
            swaps.swap(role);
            fixture.pipeline();
            isWhole(fixture.follow());
          }
        });
  }

  @Test
  public void shouldSwapWhileBuffersAreQueuedAndNotWritten() {
    whileReading(Point.EMPTY);
  }

  @Test
  public void shouldSwapInTheMiddleOfAWrite() {
    whileReading(Point.HALF);
  }

  @Test
  public void shouldSwapWhenAFrameIsWrittenAndNotAccepted() {
    whileReading(Point.WRITTEN);
  }

  @Test
  public void shouldSwapWhenAFrameIsAcceptedAndItsSourceWasNotToldYet() {
    whileReading(Point.DELIVERED);
  }

  @Test
  public void shouldSwapInTheMiddleOfAWriteWithoutFences() {
    each(
        (role, source) -> {
          Hold hold = source.hold(AT, Point.HALF);
          try (PipelineFixture fixture = recorded(source).with("fencing", "none").start()) {
            hold.awaitReached();
            swaps.swap(role);
            hold.release();
            isWhole(fixture);
          }
        });
  }

  /** Of the frames before the one that is held some are at the converter, or wait for it. */
  @Test
  public void shouldSwapWhileFramesAreConverted() {
    for (Point point : Point.values()) {
      each(
          (role, source) -> {
            Hold hold = source.hold(AT, point);
            try (PipelineFixture fixture =
                recorded(source).converted(ScriptedSource.FORMAT).start()) {
              hold.awaitReached();
              swaps.swap(role);
              hold.release();
              isWhole(fixture);
            }
          });
    }
  }

  /** The write ends while the swap goes on, so that its end and the stop come close together. */
  @Test
  public void shouldSwapWhileAWriteEnds() {
    each(
        (role, source) -> {
          Hold hold = source.hold(AT, Point.HALF);
          SynchronousBundleListener releases =
              event -> {
                if (event.getType() == BundleEvent.STOPPING) {
                  hold.release();
                }
              };
          try (PipelineFixture fixture = recorded(source).start()) {
            hold.awaitReached();
            context.addBundleListener(releases);
            swaps.swap(role);
            isWhole(fixture);
          } finally {
            context.removeBundleListener(releases);
          }
        });
  }

  @Test
  public void shouldSwapWhenAFrameIsCommittedAndWaitsForItsFence() {
    each(
        (role, source) -> {
          Hold hold = source.hold(AT, Point.HALF);
          try (PipelineFixture fixture = recorded(source).start()) {
            hold.awaitReached();
            fixture.awaitDisplay("waits for v4l2 capture0");
            swaps.swap(role);
            hold.release();
            isWhole(fixture);
          }
        });
  }

  @Test
  public void shouldSwapBetweenFenceAndFlip() {
    for (Role role : Role.values()) {
      untilHit(
          "waits for vblank",
          () -> {
            ScriptedSource source = new ScriptedSource(64, 48, 4);
            Hold hold = source.hold(1, Point.DELIVERED);
            // Slow enough for the stop to come before the vblank.
            try (PipelineFixture fixture = recorded(source).with("rate", "4").start()) {
              hold.awaitReached();
              fixture.awaitDisplay("waits for vblank");
              AtStop atStop = new AtStop(context, role);
              swaps.swap(role);
              hold.release();
              isWhole(fixture, 4);
              return atStop.displayStatus();
            }
          });
    }
  }

  @Test
  public void shouldSwapAtTheFlip() {
    for (Role role : Role.values()) {
      untilHit(
          "scans out",
          () -> {
            // Large enough for the stop to come while it is scanned out and recorded.
            ScriptedSource source = new ScriptedSource(8192, 2048, 5);
            try (PipelineFixture fixture = recorded(source).start()) {
              fixture.follower().awaitDisplayed(2);
              fixture.awaitDisplay("scans out");
              AtStop atStop = new AtStop(context, role);
              swaps.swap(role);
              isWhole(fixture, 5);
              return atStop.displayStatus();
            }
          });
    }
  }

  @Test
  public void shouldSwapWhileAFrameIsOnTheScreenAndTheNextOnesAreCaptured() {
    each(
        (role, source) -> {
          try (PipelineFixture fixture = recorded(source).with("allow", AT).start()) {
            fixture.follower().awaitDisplayed(AT);
            fixture.awaitDisplay("is idle");
            swaps.swap(role);
            fixture.running().allow(Long.MAX_VALUE);
            isWhole(fixture);
          }
        });
  }

  @Test
  public void shouldSwapOneDriverWhileThePipelineDrainsForAnother() {
    for (Role first : Role.values()) {
      for (Role second : Role.values()) {
        if (first != second) {
          during(first, second);
        }
      }
    }
  }

  @Test
  public void shouldSwapAllDriversWhileThePipelineWaitsForAll() {
    ScriptedSource source = new ScriptedSource(64, 48, FRAMES);
    Hold hold = source.hold(AT, Point.HALF);
    try (PipelineFixture fixture = recorded(source).start()) {
      hold.awaitReached();
      Version[] versions = new Version[Role.values().length];
      for (Role role : Role.values()) {
        versions[role.ordinal()] = swaps.takeAway(role);
      }
      hold.release();
      fixture
          .follower()
          .awaitStatus("waiting for a successor", status -> status.state() == State.WAITING);
      for (Role role : Role.values()) {
        swaps.install(role, versions[role.ordinal()]);
      }
      isWhole(fixture);
    }
  }

  @Test
  public void shouldSwapAfterTheLastFrame() {
    each(
        (role, source) -> {
          try (PipelineFixture fixture = recorded(source).start()) {
            isWhole(fixture);
            swaps.swap(role);
            assertThat(fixture.running().status().state()).isEqualTo(State.ENDED);
            isWhole(fixture);
          }
        });
  }

  private void whileReading(Point point) {
    each(
        (role, source) -> {
          Hold hold = source.hold(AT, point);
          try (PipelineFixture fixture = recorded(source).start()) {
            hold.awaitReached();
            swaps.swap(role);
            hold.release();
            isWhole(fixture);
          }
        });
  }

  private void during(Role first, Role second) {
    ScriptedSource source = new ScriptedSource(64, 48, FRAMES);
    Hold hold = source.hold(AT, Point.HALF);
    try (PipelineFixture fixture = recorded(source).start()) {
      hold.awaitReached();
      Version version = swaps.takeAway(first);
      fixture
          .follower()
          .awaitStatus(
              "draining for the " + first,
              status ->
                  status.state() == State.DRAINING && status.message().contains(first.awaited()));
      swaps.swap(second);
      hold.release();
      swaps.install(first, version);
      isWhole(fixture);
    }
  }

  /** On a machine that is busy the moment can be missed; what came of it must be right anyway. */
  private static void untilHit(String wanted, Supplier<String> attempt) {
    List<String> seen = new ArrayList<>();
    while (seen.size() < MOST_ATTEMPTS) {
      seen.add(attempt.get());
      if (seen.getLast().startsWith(wanted)) {
        return;
      }
    }
    throw new AssertionError("No driver left while the display " + wanted + ", but " + seen);
  }

  private void each(BiConsumer<Role, ScriptedSource> swap) {
    for (Role role : Role.values()) {
      swap.accept(role, new ScriptedSource(64, 48, FRAMES));
    }
  }

  private PipelineFixture recorded(ScriptedSource source) {
    File record = new File(folder.getRoot(), "record.y4m");
    return new PipelineFixture(context)
        .source(source)
        // The one that is swapped: another could be the cheapest while it is away.
        .with("exporter.target", "(dmabuf.exporter=system)")
        .with("record", record.getPath())
        .with("record.header", Recording.HEADER);
  }

  private void isWhole(PipelineFixture fixture) {
    isWhole(fixture, FRAMES);
  }

  /** What the pipeline counted, and, independent of it, what the displays read. */
  private void isWhole(PipelineFixture fixture, long frames) {
    PipelineFixture.isWhole(fixture.ended(), frames);
    Recording.holds(new File(folder.getRoot(), "record.y4m").toPath(), fixture.source(), frames);
  }
}
