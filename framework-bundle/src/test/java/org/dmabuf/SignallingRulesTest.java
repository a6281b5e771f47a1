package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.PlantedLeaks.lineBelow;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import org.dmabuf.debug.LockRank;
import org.dmabuf.debug.RankedLock;
import org.dmabuf.debug.SignallingSection;
import org.dmabuf.debug.Violation;
import org.dmabuf.debug.Violation.Rule;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceCallback;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.fence.FenceContextInfo;
import org.dmabuf.fence.FenceOps;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.resv.ReservationSet;
import org.dmabuf.resv.Usage;
import org.dmabuf.sync.SyncObj;
import org.dmabuf.sync.SyncPoint;
import org.dmabuf.sync.SyncWait;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * In debug mode it is told of who waits for a fence while holding what signalling needs: by one
 * thread and with fences that have completed, as it does not have to deadlock for it.
 */
@SuppressWarnings("LockNotBeforeTry") // the lines of locks taken in the wrong way are what counts
class SignallingRulesTest {
  private static final Duration LONG = Duration.ofDays(1);

  private final DmaBufCore core = DmaBufCore.create(DmaBufOptions.defaults().withDebug(true));
  private final DmaBufRegistry registry = core.open("client");
  private final RankedLock driver = registry.lock("state", LockRank.DRIVER);
  private final RankedLock queue = registry.lock("queue", LockRank.QUEUE);
  private final FenceContext context = registry.fenceContext("driver", "ring");
  private final DmaFence done = context.create();

  @BeforeEach
  void signal() {
    LogRecorder.clear();
    context.signal(done);
  }

  @AfterEach
  void close() {
    core.close();
  }

  private void assertBroken(Rule rule, int there, int here) {
    assertThat(registry.violations()).extracting(Violation::rule).containsExactly(rule);
    Violation one = registry.violations().getFirst();
    assertLine(one.lockTaken(), there);
    assertLine(one.broken(), here);
    assertThat(LogRecorder.lines())
        .filteredOn(line -> line.startsWith("WARN " + rule))
        .singleElement()
        .asString()
        .contains("SignallingRulesTest.java:" + there, "SignallingRulesTest.java:" + here);
  }

  private static void assertLine(List<StackTraceElement> places, int line) {
    assertThat(places.getFirst().getFileName()).isEqualTo("SignallingRulesTest.java");
    assertThat(places.getFirst().getLineNumber()).isEqualTo(line);
  }

  private int takeInSection(RankedLock lock) {
    int line;
    try (SignallingSection _ = registry.signalling()) {
      line = lineBelow();
      lock.lock();
      lock.unlock();
    }
    return line;
  }

  private int awaitHolding(RankedLock lock) {
    lock.lock();
    int line = lineBelow();
    done.await();
    lock.unlock();
    return line;
  }

  @Test
  @Row("S12")
  void lockHeldInAWaitIsToldOfWhenSignallingTakesItLater() {
    int waited = awaitHolding(driver);
    assertThat(registry.violations()).isEmpty();
    int taken = takeInSection(driver);
    assertBroken(Rule.SIGNALLING_CYCLE, waited, taken);
    assertThat(registry.violations().getFirst().what())
        .startsWith("client's state was taken where");
  }

  @Test
  @Row("S12")
  void lockThatSignallingTakesIsToldOfWhenItIsHeldInAWaitLater() {
    int taken = takeInSection(driver);
    assertThat(registry.violations()).isEmpty();
    int waited = awaitHolding(driver);
    assertBroken(Rule.SIGNALLING_CYCLE, taken, waited);
    assertThat(registry.violations().getFirst().what())
        .startsWith("driver ring seq 1 was waited for with client's state held");
  }

  /** Nobody marked it: callbacks run on the way of whoever signals. */
  @Test
  @Row("S12")
  void lockThatACallbackTakesIsNeededForSignalling() {
    int[] taken = {0};
    FenceCallback callback =
        registry.callback(
            fence -> {
              taken[0] = lineBelow();
              driver.lock();
              driver.unlock();
            });
    DmaFence fence = context.create();
    fence.addCallback(callback);
    context.signal(fence);
    int waited = awaitHolding(driver);
    assertBroken(Rule.SIGNALLING_CYCLE, taken[0], waited);
  }

  /** Whoever waits or asks goes through them. */
  @Test
  @Row("S12")
  void lockThatAHookOfAProducerTakesIsNeededForSignalling() {
    int[] taken = {0};
    FenceOps hooks =
        new FenceOps() {
          @Override
          public boolean enableSignaling(DmaFence fence) {
            driver.lock();
            driver.unlock();
            done.await(LONG);
            return true;
          }

          @Override
          public boolean isSignaled(DmaFence fence) {
            taken[0] = lineBelow();
            queue.lock();
            queue.unlock();
            return false;
          }
        };
    FenceContext hooked =
        registry.fenceContext(FenceContextInfo.of("driver", "hooked").withOps(hooks));
    DmaFence fence = hooked.create();
    assertThat(fence.isSignaled()).isFalse();
    int waited = awaitHolding(queue);
    assertBroken(Rule.SIGNALLING_CYCLE, taken[0], waited);
    fence.enableSignaling();
    awaitHolding(driver);
    assertThat(registry.violations())
        .extracting(Violation::rule)
        .containsExactly(
            Rule.SIGNALLING_CYCLE, Rule.WAITED_WHILE_SIGNALLING, Rule.SIGNALLING_CYCLE);
    hooked.close();
  }

  /** driver's --> queue's --> fence signalling --> driver's. */
  @Test
  @Row("S12")
  void lockBehindAnotherLockIsFoundToo() {
    awaitHolding(queue);
    driver.lock();
    queue.lock();
    queue.unlock();
    driver.unlock();
    assertThat(registry.violations()).isEmpty();
    takeInSection(driver);
    assertThat(registry.violations())
        .extracting(Violation::rule)
        .containsExactly(Rule.SIGNALLING_CYCLE);
  }

  @Test
  @Row("S12")
  void lastStepOfTheWayRoundMayBeBetweenTwoLocks() {
    awaitHolding(queue);
    int taken = takeInSection(driver);
    assertThat(registry.violations()).isEmpty();
    driver.lock();
    int here = lineBelow();
    queue.lock();
    queue.unlock();
    driver.unlock();
    assertThat(taken).isPositive();
    assertThat(registry.violations())
        .extracting(Violation::rule)
        .containsExactly(Rule.SIGNALLING_CYCLE);
    assertLine(registry.violations().getFirst().broken(), here);
    assertThat(registry.violations().getFirst().what())
        .contains("client's queue", "client's state");
  }

  @Test
  @Row("S12")
  void everyKindOfWaitCounts() {
    takeInSection(driver);
    SyncObj object = registry.syncObj();
    object.replace(done);
    List<Runnable> waits =
        List.of(
            () -> done.await(),
            () -> done.await(LONG),
            () -> done.awaitUninterruptibly(LONG),
            () -> DmaFence.awaitAny(List.of(done), LONG),
            () -> done.removeCallbackAndWait(registry.callback(fence -> {})),
            () -> registry.reservation().await(Usage.READ, LONG),
            () ->
                SyncWait.await(
                    List.of(SyncPoint.of(object)), Set.of(), LONG, OptionalLong.empty()));
    for (Runnable wait : waits) {
      int before = registry.violations().size();
      driver.lock();
      wait.run();
      driver.unlock();
      assertThat(registry.violations()).hasSize(before + 1);
    }
    assertThat(registry.violations())
        .extracting(Violation::rule)
        .containsOnly(Rule.SIGNALLING_CYCLE);
  }

  @Test
  @Row({"S4", "S12"})
  void callbackMayWaitForItsOwnEnd() {
    FenceCallback[] self = {null};
    self[0] = registry.callback(fence -> fence.removeCallbackAndWait(self[0]));
    DmaFence fence = context.create();
    fence.addCallback(self[0]);
    driver.lock();
    context.signal(fence);
    driver.unlock();
    assertThat(registry.violations()).isEmpty();
  }

  @Test
  @Row("S12")
  void fenceIsNotWaitedForWhereFencesAreSignalled() {
    int begun = lineBelow();
    SignallingSection section = registry.signalling();
    int waited = lineBelow();
    done.await(LONG);
    section.close();
    assertBroken(Rule.WAITED_WHILE_SIGNALLING, begun, waited);
  }

  @Test
  @Row("S12")
  void reservationIsNotTakenWhereFencesAreSignalled() {
    DmaResv resv = registry.reservation();
    int begun = lineBelow();
    SignallingSection section = registry.signalling();
    int taken = lineBelow();
    resv.lock();
    resv.unlock();
    section.close();
    assertBroken(Rule.SIGNALLING_CYCLE, begun, taken);
  }

  @Test
  @Row("S12")
  void whatCannotDeadlockIsNotToldOf() {
    DmaResv resv = registry.reservation();
    // A reservation may be held in a wait, alone and in a set, with driver's locks before and
    // after.
    resv.lock();
    done.await();
    resv.await(Usage.READ, LONG);
    driver.lock();
    driver.unlock();
    resv.unlock();
    try (ReservationSet set = core.reservations().lockAll(List.of(resv), 1)) {
      assertThat(set).isNotNull();
      done.await(LONG);
    }
    // One lock in waits, another one for signalling, which also asks and tries.
    awaitHolding(driver);
    try (SignallingSection _ = registry.signalling()) {
      try (SignallingSection _ = registry.signalling()) {
        queue.lock();
        queue.unlock();
      }
      assertThat(driver.tryLock()).isTrue();
      driver.unlock();
      assertThat(resv.tryLock()).isTrue();
      resv.unlock();
      assertThat(done.await(Duration.ZERO)).isTrue();
      assertThat(done.isSignaled()).isTrue();
    }
    // It was let go before the wait, and signalled with it held, which needs nothing.
    queue.lock();
    context.signal(context.create());
    queue.unlock();
    done.await();
    // After the section all is as before.
    driver.lock();
    driver.unlock();
    resv.lock();
    resv.unlock();
    assertThat(registry.violations()).isEmpty();
    assertThat(LogRecorder.lines()).isEmpty();
  }

  @Test
  @Row("S12")
  void sectionOfOneThreadIsNotAnothers() throws Exception {
    try (SignallingSection _ = registry.signalling()) {
      Threads.start(
              () -> {
                done.await();
                driver.lock();
                driver.unlock();
                return null;
              })
          .join();
    }
    awaitHolding(driver);
    assertThat(registry.violations()).isEmpty();
  }

  @Test
  void sectionThatIsEndedTwiceLeavesTheOthersAlone() {
    SignallingSection section = registry.signalling();
    section.close();
    section.close();
    try (SignallingSection _ = registry.signalling()) {
      done.await(LONG);
    }
    assertThat(registry.violations())
        .extracting(Violation::rule)
        .containsExactly(Rule.WAITED_WHILE_SIGNALLING);
  }

  @Test
  void nothingIsMarkedOutsideDebugMode() {
    try (DmaBufCore plain = DmaBufCore.create()) {
      DmaBufRegistry client = plain.open("client");
      assertThat(client.signalling()).isSameAs(SignallingSection.UNCHECKED);
      FenceContext fences = client.fenceContext("driver", "ring");
      DmaFence fence = fences.create();
      fences.signal(fence);
      try (SignallingSection _ = client.signalling()) {
        fence.await();
      }
      assertThat(client.violations()).isEmpty();
    }
  }
}
