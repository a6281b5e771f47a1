package org.dmabuf.itests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.ops4j.pax.exam.CoreOptions.options;

import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.inject.Inject;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.Errno;
import org.dmabuf.heap.HeapDevice;
import org.dmabuf.itests.ScriptedSource.Point;
import org.dmabuf.sg.SgTable;
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
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.Version;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * What becomes of live, attached and mapped buffers when the heap's bundle stops, under each
 * policy; and that a pipeline gets over each of them.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class PoliciesIT {
  private static final String FRAMEWORK = "org.dmabuf.framework";
  private static final String HEAP = "org.dmabuf.heap.system";
  private static final long WAIT_MILLIS = 4_000;
  private static final long BOUND_SECONDS = 60;
  private static final long FRAMES = 12;
  private static final long SIZE = 64 * 1024;
  private static final byte SAMPLE = 42;
  private static final int O_RDWR = 2;

  @Rule public final LogWatch log = new LogWatch();
  @Rule public final TemporaryFolder folder = new TemporaryFolder();
  @Inject private BundleContext context;
  private DmaBufRegistry registry;
  private Swaps swaps;
  private LeakCheck leaks;
  private DmaBuf buffer;
  private Attachment attachment;
  private SgTable table;
  private int moves;

  @Configuration
  public Option[] config() {
    return options(ProductOptions.headless());
  }

  /** The framework is begun anew with a shorter wait, and all of the product follows it. */
  @Before
  public void shortenTheWait() throws IOException {
    DmaBufRegistry before = Services.get(context, DmaBufRegistry.class);
    if (singleton(FRAMEWORK).getProperties() == null) {
      singleton(FRAMEWORK).update(FrameworkUtil.asDictionary(Map.of("wait.ms", WAIT_MILLIS)));
      Until.holds(
          () -> Services.get(context, DmaBufRegistry.class) != before, () -> "another framework");
    }
    registry = Services.get(context, DmaBufRegistry.class);
    Services.get(context, HeapDevice.class);
    swaps = new Swaps(context);
    leaks = new LeakCheck(registry);
  }

  @After
  public void nothingIsLeft() throws IOException {
    leaks.nothingIsLeft();
    swaps.areAllCollected();
    if (singleton(HEAP).getProperties() != null) {
      singleton(HEAP).delete();
      awaitPolicy(null);
    }
  }

  @Test
  public void shouldAdoptLiveBuffersByDefault() {
    allocate();
    Version version = swaps.takeAway(Role.EXPORTER);
    assertThat(registry.buffers().getFirst().state()).isEqualTo("ADOPTED");
    assertThat(moves).as("move notifications").isZero();
    isStillThere();
    try (Attachment second = buffer.attach(DmaDevice.named("second"))) {
      SgTable again = second.mapUnlocked(DmaDirection.TO_DEVICE);
      assertThat(first(again)).isEqualTo(SAMPLE);
      second.unmapUnlocked(again);
    }
    release();
    swaps.install(Role.EXPORTER, version);
  }

  @Test
  public void shouldRevokeLiveBuffers() throws IOException {
    policy("REVOKE");
    allocate();
    swaps.swap(Role.EXPORTER);
    isRevoked();
    release();
  }

  @Test
  public void shouldWaitForTheLastPut() throws Exception {
    policy("WAIT");
    allocate();
    Bundle heap = swaps.bundle(Role.EXPORTER);
    CompletableFuture<Version> stop =
        CompletableFuture.supplyAsync(() -> swaps.takeAway(Role.EXPORTER));
    Until.holds(() -> heap.getState() == Bundle.RESOLVED, () -> "the heap stopped");
    assertThat(stop).as("the stop").isNotDone();
    isStillThere();
    release();
    // No warning in the log: it ended before its time was up.
    swaps.install(Role.EXPORTER, stop.get(BOUND_SECONDS, TimeUnit.SECONDS));
  }

  @Test
  public void shouldWaitNoLongerThanItsBoundAndNameTheHolders() throws IOException {
    log.expect(
        "is held by [" + registry.name() + ", it by " + registry.name() + "]; it is revoked");
    policy("WAIT");
    allocate();
    long begin = System.nanoTime();
    swaps.swap(Role.EXPORTER);
    assertThat(Duration.ofNanos(System.nanoTime() - begin))
        .as("the stop took")
        .isBetween(Duration.ofMillis(WAIT_MILLIS), Duration.ofMillis(WAIT_MILLIS + 60_000));
    isRevoked();
    release();
  }

  @Test
  public void shouldKeepAPipelineWholeWhenBuffersAreRevoked() throws IOException {
    policy("REVOKE");
    swapUnderPipeline(5, BundleEvent.STOPPED);
  }

  @Test
  public void shouldKeepAPipelineWholeWhenBuffersAreRevokedBeforeTheDisplayHasSeenThem()
      throws IOException {
    policy("REVOKE");
    swapUnderPipeline(0, BundleEvent.STOPPED);
  }

  /** What is on the screen is held until the successor's first frame replaces it. */
  @Test
  public void shouldKeepAPipelineWholeWhenTheHeapWaits() throws IOException {
    log.expect("is held by [display0 by org.dmabuf.importer.display");
    policy("WAIT");
    swapUnderPipeline(5, BundleEvent.STOPPING);
  }

  /**
   * Swaps the heap while a frame is half written.
   *
   * @param goOn at which event of the heap's bundle the write goes on: at STOPPED, of which the
   *     framework hears before, the buffers are revoked
   */
  private void swapUnderPipeline(long frame, int goOn) {
    ScriptedSource source = new ScriptedSource(64, 48, FRAMES);
    Hold hold = source.hold(frame, Point.HALF);
    SynchronousBundleListener releases =
        event -> {
          if (event.getType() == goOn) {
            hold.release();
          }
        };
    try (PipelineFixture fixture =
        new PipelineFixture(context)
            .source(source)
            // no other exporter helps out
            .with("exporter.target", "(dmabuf.exporter=system)")
            .with("record", folder.getRoot().toPath().resolve("record.y4m").toString())
            .with("record.header", Recording.HEADER)
            .start()) {
      hold.awaitReached();
      context.addBundleListener(releases);
      swaps.swap(Role.EXPORTER);
      PipelineFixture.isWhole(fixture.ended(), FRAMES);
      Recording.holds(folder.getRoot().toPath().resolve("record.y4m"), source, FRAMES);
    } finally {
      context.removeBundleListener(releases);
    }
  }

  /** A buffer that is attached and mapped, with a sample in it. */
  private void allocate() {
    HeapDevice heap = Services.get(context, HeapDevice.class);
    int fd = heap.allocate(registry.files(), SIZE, O_RDWR, 0);
    buffer = registry.get(fd);
    registry.files().close(fd);
    attachment = buffer.attach(DmaDevice.named("it"), moved -> moves++);
    table = attachment.mapUnlocked(DmaDirection.BIDIRECTIONAL);
    table.segments().getFirst().set(ValueLayout.JAVA_BYTE, 0, SAMPLE);
  }

  private void isStillThere() {
    assertThat(first(table)).as("what was mapped before").isEqualTo(SAMPLE);
  }

  private void isRevoked() {
    assertThat(registry.buffers().getFirst().state()).isEqualTo("REVOKED");
    assertThat(moves).as("move notifications").isEqualTo(1);
    isStillThere();
    attachment.unmapUnlocked(table);
    table = null;
    isGone(() -> attachment.mapUnlocked(DmaDirection.BIDIRECTIONAL));
    isGone(() -> buffer.attach(DmaDevice.named("late")));
    isGone(() -> buffer.mmap(0, SIZE, false));
  }

  private static void isGone(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            DmaBufException.class, refused -> assertThat(refused.errno()).isEqualTo(Errno.ENODEV))
        .hasMessageContaining("exporter has gone");
  }

  private static byte first(SgTable mapped) {
    return mapped.segments().getFirst().get(ValueLayout.JAVA_BYTE, 0);
  }

  private void release() {
    if (table != null) {
      attachment.unmapUnlocked(table);
    }
    attachment.close();
    buffer.close();
  }

  private void policy(String policy) throws IOException {
    singleton(HEAP).update(FrameworkUtil.asDictionary(Map.of("policy", policy)));
    awaitPolicy(policy);
  }

  /** Waits until the heap's service has a policy; null for the framework's. */
  private void awaitPolicy(String policy) {
    Until.holds(
        () -> {
          ServiceReference<HeapDevice> heap = context.getServiceReference(HeapDevice.class);
          return heap != null && Objects.equals(heap.getProperty("policy"), policy);
        },
        () -> "a heap with policy " + policy);
  }

  private org.osgi.service.cm.Configuration singleton(String pid) throws IOException {
    return Services.get(context, ConfigurationAdmin.class).getConfiguration(pid, "?");
  }
}
