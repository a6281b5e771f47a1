package org.dmabuf.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.ManualClock;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.sync.SyncObj;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class CallerTest {
  private static final long MS = 1_000_000;

  private final ManualClock clock = new ManualClock();
  private final long begun = clock.nanos();
  private DmaBufCore core;
  private DmaBufRegistry registry;
  private FenceContext fences;
  private Caller caller;

  @BeforeEach
  void make() {
    core = DmaBufCore.create(clock, 1 << 20, Duration.ofSeconds(5));
    registry = core.open("test");
    fences = registry.fenceContext("test", "timeline");
    caller = new Caller(Optional.of(clock));
  }

  @AfterEach
  void close() {
    caller.close();
    core.close();
  }

  @Test
  void shouldAnswerWhatTheCallAnswersAndTurnNoClock() {
    assertThat(caller.call(() -> Answer.ok().with("pos", 7))).isEqualTo(Answer.ok().with("pos", 7));
    assertThat(clock.nanos()).isEqualTo(begun);
  }

  @Test
  void shouldSayThatACallBlocksWhenItStillStandsAfter150Milliseconds() {
    DmaFence fence = fences.create();
    assertThat(caller.call(() -> waitFor(fence))).isEqualTo(Answer.blocks());
    assertThat(clock.nanos() - begun).isEqualTo(150 * MS);
    assertThat(fence.isSignaled()).isFalse();
  }

  @Test
  void shouldLetTheCallReturnAtTheTimeAtWhichItsFenceIsSignalled() {
    DmaFence fence = fences.create();
    clock.schedule(begun + 100 * MS, () -> fences.signal(fence));
    Answer answer = caller.call(() -> waitFor(fence).with("ms", (clock.nanos() - begun) / MS));
    assertThat(answer).isEqualTo(Answer.ok().with("ms", 100));
  }

  @Test
  void shouldTakeTheTimeOfTheMachineWithoutAClockToTurn() {
    DmaFence fence = fences.create();
    try (Caller patient = new Caller(Optional.empty())) {
      assertThat(patient.call(() -> Answer.ok().with("pos", 7)))
          .isEqualTo(Answer.ok().with("pos", 7));
      assertThat(patient.call(() -> waitFor(fence))).isEqualTo(Answer.blocks());
      assertThat(patient.call(() -> Answer.ok()))
          .as("the next is not interrupted")
          .isEqualTo(Answer.ok());
    }
    assertThat(clock.nanos()).isEqualTo(begun);
    assertThat(fence.isSignaled()).isFalse();
  }

  @Test
  void shouldGoOnWaitingAtTheNextFence() {
    DmaFence first = fences.create();
    DmaFence second = fences.create();
    clock.schedule(begun + 100 * MS, () -> fences.signal(first));
    clock.schedule(begun + 200 * MS, () -> fences.signal(second));
    assertThat(caller.call(() -> waitForBoth(first, second))).isEqualTo(Answer.blocks());
    assertThat(caller.call(() -> waitFor(second))).isEqualTo(Answer.ok());
  }

  @Test
  void shouldSayThatACallBlocksThatWaitsForASyncObject() {
    SyncObj object = registry.syncObj();
    assertThat(
            caller.call(
                () -> {
                  try {
                    object.awaitSubmitted(1);
                    return Answer.ok();
                  } catch (DmaBufException interrupted) {
                    return Answer.refused(interrupted);
                  }
                }))
        .isEqualTo(Answer.blocks());
  }

  @Test
  void shouldNotInterruptTheCallAfterABlockedOne() {
    DmaFence fence = fences.create();
    caller.call(() -> waitFor(fence));
    assertThat(caller.call(() -> Answer.ok().with("set", Thread.currentThread().isInterrupted())))
        .isEqualTo(Answer.ok().with("set", false));
    assertThat(caller.call(() -> waitFor(fence))).isEqualTo(Answer.blocks());
  }

  @Test
  void shouldMakeEachCallOnceAndOneAfterTheOther() {
    AtomicInteger calls = new AtomicInteger();
    for (int i = 1; i <= 1000; i++) {
      assertThat(caller.call(() -> Answer.ok().with("pos", calls.incrementAndGet())))
          .isEqualTo(Answer.ok().with("pos", i));
    }
  }

  @Test
  void shouldSurviveAnErrorOfTheCall() {
    Answer answer =
        caller.call(
            () -> {
              throw new AssertionError("planted");
            });
    assertThat(answer.keys()).containsOnlyKeys("broken");
    assertThat(caller.call(Answer::ok)).isEqualTo(Answer.ok());
  }

  private static Answer waitForBoth(DmaFence first, DmaFence second) {
    waitFor(first);
    return waitFor(second);
  }

  private static Answer waitFor(DmaFence fence) {
    try {
      fence.await();
      return Answer.ok();
    } catch (DmaBufException interrupted) {
      return Answer.refused(interrupted);
    }
  }
}
