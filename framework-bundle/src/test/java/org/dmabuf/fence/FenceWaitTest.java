package org.dmabuf.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.dmabuf.Threads;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Waits: for the first of many, through interrupts, on virtual threads, for a callback's end. */
class FenceWaitTest {
  private static final Duration DAY = Duration.ofDays(1);

  @RegisterExtension final Framework framework = new Framework();
  private FenceContext context;
  private DmaFence a;
  private DmaFence b;

  @BeforeEach
  void open() {
    context = framework.contexts().open("driver", "line");
    a = context.create();
    b = context.create();
  }

  @AfterEach
  void close() {
    context.close();
  }

  @Test
  @Row({"S7", "K/1"})
  void firstOfManyIsTheFirstInTheListThatHasCompleted() {
    assertThat(DmaFence.awaitAny(List.of(a, b), Duration.ZERO)).isEmpty();
    context.signal(b);
    assertThat(DmaFence.awaitAny(List.of(a, b), Duration.ZERO)).hasValue(1);
    assertThat(DmaFence.awaitAny(List.of(a, b), DAY)).hasValue(1);
    assertThat(DmaFence.awaitAny(List.of(b, b, a), DAY)).hasValue(0);
    assertErrno(Errno.EINVAL, () -> DmaFence.awaitAny(List.of(), DAY));
    assertErrno(Errno.EINVAL, () -> DmaFence.awaitAny(List.of(a), Duration.ofNanos(-1)));
  }

  @Test
  @Row("S7")
  void waiterForManyIsWokenByAnyAndLeavesNoPlaceBehind() throws Exception {
    Threads.Running<OptionalInt> waiter =
        Threads.start(() -> DmaFence.awaitAny(List.of(a, b, a), DAY));
    framework.clock().awaitScheduled(1);
    assertThat(a.isAwaited()).isTrue();
    context.fail(b, Errno.EIO);
    assertThat(waiter.join()).hasValue(1);
    assertThat(a.isAwaited()).isFalse();
  }

  @Test
  @Row("S7")
  void waitForManyEndsByTheClockOrAnInterrupt() throws Exception {
    Threads.Running<OptionalInt> late =
        Threads.start(() -> DmaFence.awaitAny(List.of(a, b), Duration.ofNanos(5)));
    framework.clock().awaitScheduled(1);
    framework.clock().advance(5);
    assertThat(late.join()).isEmpty();
    Threads.Running<Boolean> interrupted =
        Threads.start(
            () -> {
              assertErrno(Errno.ERESTARTSYS, () -> DmaFence.awaitAny(List.of(a, b), DAY));
              return Thread.currentThread().isInterrupted();
            });
    interrupted.awaitBlockedOn(a);
    interrupted.thread().interrupt();
    assertThat(interrupted.join()).isTrue();
    assertThat(a.isAwaited() || b.isAwaited()).isFalse();
  }

  @Test
  @Row("S6")
  void uninterruptibleWaitGoesOnAndGivesTheInterruptBack() throws Exception {
    Threads.Running<Boolean> waiter =
        Threads.start(
            () -> {
              Thread.currentThread().interrupt();
              assertThat(a.awaitUninterruptibly(DAY)).isTrue();
              return Thread.currentThread().isInterrupted();
            });
    waiter.awaitBlockedOn(a);
    context.signal(a);
    assertThat(waiter.join()).as("flag set again").isTrue();
    assertThat(b.awaitUninterruptibly(Duration.ZERO)).isFalse();
  }

  @Test
  @Row("S6")
  void virtualThreadThatWaitsDoesNotHoldItsCarrier() throws Exception {
    int waiters = 8 * Runtime.getRuntime().availableProcessors();
    CountDownLatch begun = new CountDownLatch(waiters);
    try (ExecutorService virtual = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < waiters; i++) {
        boolean bounded = i % 2 == 0;
        all.add(
            virtual.submit(
                () -> {
                  begun.countDown();
                  if (bounded) {
                    assertThat(a.await(DAY)).isTrue();
                  } else {
                    a.await();
                  }
                }));
      }
      assertThat(begun.await(60, TimeUnit.SECONDS)).as("all have got a carrier").isTrue();
      framework.clock().awaitScheduled(waiters / 2);
      virtual.submit(() -> context.signal(a)).get(60, TimeUnit.SECONDS);
      for (Future<?> each : all) {
        each.get(60, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  @Row({"S4", "K/1"})
  void removalWaitsForTheEndOfTheCallback() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    List<String> order = new ArrayList<>();
    FenceCallback slow =
        new FenceCallback(
            done -> {
              inside.countDown();
              try {
                end.await();
              } catch (InterruptedException late) {
                throw new AssertionError(late);
              }
              order.add("callback");
            },
            closed -> {});
    a.addCallback(slow);
    Threads.Running<Boolean> signaller = Threads.start(() -> context.signal(a));
    inside.await();
    assertThat(a.removeCallback(slow)).as("the first form returns at once").isFalse();
    List<Threads.Running<Boolean>> removers = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      removers.add(
          Threads.start(
              () -> {
                boolean removed = a.removeCallbackAndWait(slow);
                assertThat(order).containsExactly("callback");
                return removed;
              }));
    }
    Threads.Running<Boolean> interrupted =
        Threads.start(
            () -> {
              assertErrno(Errno.ERESTARTSYS, () -> a.removeCallbackAndWait(slow));
              return true;
            });
    removers.forEach(each -> each.awaitBlockedOn(a));
    interrupted.awaitBlockedOn(a);
    interrupted.thread().interrupt();
    assertThat(interrupted.join()).isTrue();
    end.countDown();
    for (Threads.Running<Boolean> each : removers) {
      assertThat(each.join()).isFalse();
    }
    assertThat(signaller.join()).isTrue();
    assertThat(a.removeCallbackAndWait(slow)).isFalse();
  }

  @Test
  @Row("S4")
  void removalThatWaitsIsNoDeadlockWithinTheCallbackItself() {
    List<Boolean> answers = new ArrayList<>();
    FenceCallback[] self = new FenceCallback[1];
    self[0] =
        new FenceCallback(done -> answers.add(done.removeCallbackAndWait(self[0])), closed -> {});
    a.addCallback(self[0]);
    context.signal(a);
    assertThat(answers).containsExactly(false);
    b.addCallback(self[0]);
    assertThat(b.removeCallbackAndWait(self[0])).as("still queued").isTrue();
    assertThat(b.removeCallbackAndWait(self[0])).as("pending, and not queued").isFalse();
  }

  @Test
  @Row("S2")
  void timeOfCompletionMayBeTheDevices() {
    assertThat(context.signal(a, 3_000_000_004L)).isTrue();
    assertThat(a.timestamp()).isEqualTo(3_000_000_004L);
    assertThat(context.signal(a, 5)).isFalse();
    assertThat(a.timestamp()).isEqualTo(3_000_000_004L);
    assertErrno(Errno.EINVAL, () -> context.fail(b, null));
    assertErrno(Errno.EINVAL, () -> context.advance(1));
    assertThat(context.reached()).isZero();
  }

  @Test
  @Row("S9")
  void laterOfTwoIsNothingOnceItHasCompleted() {
    assertThat(DmaFence.later(a, b)).containsSame(b);
    assertThat(DmaFence.later(b, a)).containsSame(b);
    context.signal(b);
    assertThat(DmaFence.later(a, b)).isEmpty();
    assertErrno(Errno.EINVAL, () -> DmaFence.later(a, framework.contexts().stub()));
  }
}
