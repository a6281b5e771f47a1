package org.dmabuf.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.LogRecorder;
import org.dmabuf.Row;
import org.dmabuf.Threads;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class DmaFenceTest {
  @RegisterExtension final Framework framework = new Framework();
  private final List<String> calls = new ArrayList<>();
  private FenceContext context;
  private DmaFence fence;

  @BeforeEach
  void open() {
    context = framework.contexts().open("driver", "line");
    fence = context.create();
  }

  @AfterEach
  void close() {
    context.close();
  }

  private FenceCallback callback(String name) {
    return new FenceCallback(signaled -> calls.add(name), closed -> {});
  }

  @Test
  @Row({"S1", "S11"})
  void numbersRiseInAContextAndContextsDiffer() {
    DmaFence second = context.create();
    try (FenceContext other = framework.contexts().open("driver", "other")) {
      assertThat(fence.seqno()).isEqualTo(1);
      assertThat(second.seqno()).isEqualTo(2);
      assertThat(other.id()).isGreaterThan(context.id());
      assertThat(other.create().seqno()).isEqualTo(1);
    }
    assertThat(fence.describe()).isEqualTo("driver line seq 1 unsignalled");
    context.signal(fence);
    assertThat(fence.describe()).isEqualTo("driver line seq 1 signalled");
  }

  @Test
  @Row({"S2", "K/1"})
  void signalsExactlyOnceWithATimestamp() {
    assertThat(fence.isSignaled()).isFalse();
    assertThat(fence.timestamp()).isZero();
    framework.clock().advance(7);
    assertThat(context.signal(fence)).isTrue();
    long at = framework.clock().nanos();
    framework.clock().advance(7);
    assertThat(context.signal(fence)).isFalse();
    assertThat(context.fail(fence, Errno.EIO)).isFalse();
    assertThat(fence.timestamp()).isEqualTo(at);
    assertThat(fence.error()).isEmpty();
    assertThat(context.pending()).isZero();
  }

  @Test
  @Row("S2")
  void onlyItsOwnContextSignalsIt() {
    try (FenceContext other = framework.contexts().open("driver", "other")) {
      assertErrno(Errno.EINVAL, () -> other.signal(fence));
    }
    assertErrno(Errno.EINVAL, () -> context.signal(null));
    assertThat(fence.isSignaled()).isFalse();
  }

  @Test
  @Row({"S5", "K/1"})
  void errorIsSeenOnlyAfterCompletion() {
    assertThat(fence.error()).isEmpty();
    fence.addCallback(
        new FenceCallback(done -> calls.add("" + done.error().orElseThrow()), closed -> {}));
    assertThat(context.fail(fence, Errno.EIO)).isTrue();
    assertThat(calls).containsExactly("EIO");
    assertThat(fence.error()).contains(Errno.EIO);
  }

  @Test
  @Row({"S2", "K/1"})
  void callbacksRunOnceInTheOrderOfAddingBeforeSignalReturns() {
    for (String name : List.of("a", "b", "c", "d", "e")) {
      assertThat(fence.addCallback(callback(name))).isTrue();
    }
    context.signal(fence);
    assertThat(calls).containsExactly("a", "b", "c", "d", "e");
    context.signal(fence);
    assertThat(calls).hasSize(5);
  }

  @Test
  @Row({"S3", "K/1"})
  void lateCallbackIsRefusedAndNeverRuns() {
    context.signal(fence);
    assertThat(fence.addCallback(callback("late"))).isFalse();
    assertErrno(Errno.EINVAL, () -> fence.addCallback(null));
    assertThat(calls).isEmpty();
  }

  @Test
  @Row({"S4", "K/1"})
  void removedCallbackDoesNotRunAndTheOthersKeepTheirOrder() {
    FenceCallback first = callback("first");
    FenceCallback middle = callback("middle");
    FenceCallback newest = callback("newest");
    List.of(first, callback("a"), middle, callback("b"), callback("c"), newest)
        .forEach(fence::addCallback);
    assertThat(fence.removeCallback(callback("stranger"))).isFalse();
    assertThat(fence.removeCallback(middle)).isTrue();
    assertThat(fence.removeCallback(middle)).isFalse();
    assertThat(fence.removeCallback(first)).isTrue();
    assertThat(fence.removeCallback(newest)).isTrue();
    context.signal(fence);
    assertThat(calls).containsExactly("a", "b", "c");
    assertThat(fence.removeCallback(first)).isFalse();
  }

  @Test
  void callbackThatThrowsDoesNotStopTheOthers() {
    fence.addCallback(callback("before"));
    fence.addCallback(
        new FenceCallback(
            done -> {
              throw new IllegalStateException("planted");
            },
            closed -> {}));
    fence.addCallback(
        new FenceCallback(
            done -> {
              throw new AssertionError("planted too");
            },
            closed -> {}));
    fence.addCallback(callback("after"));
    assertThat(context.signal(fence)).isTrue();
    assertThat(calls).containsExactly("before", "after");
    assertThat(LogRecorder.lines()).hasSize(2).allMatch(line -> line.startsWith("ERROR"));
  }

  @Test
  void callbackMaySignalAnotherFenceOfTheSameContext() {
    DmaFence second = context.create();
    fence.addCallback(new FenceCallback(done -> context.signal(second), closed -> {}));
    second.addCallback(callback("second"));
    context.signal(fence);
    assertThat(calls).containsExactly("second");
  }

  @Test
  void closedCallbackIsNotCalledAndTellsItsOwnerOnce() {
    AtomicInteger closes = new AtomicInteger();
    FenceCallback callback =
        new FenceCallback(done -> calls.add("called"), closed -> closes.incrementAndGet());
    fence.addCallback(callback);
    callback.close();
    callback.close();
    context.signal(fence);
    assertThat(calls).isEmpty();
    assertThat(closes).hasValue(1);
  }

  @Test
  void closedCallbackHoldsNothingOfItsOwner() {
    Consumer<DmaFence> target =
        new Consumer<>() {
          @Override
          public void accept(DmaFence done) {
            calls.add("called");
          }
        };
    Consumer<FenceCallback> owner =
        new Consumer<>() {
          @Override
          public void accept(FenceCallback closed) {
            calls.add("closed");
          }
        };
    FenceCallback callback = new FenceCallback(target, owner);
    WeakReference<Object> targetGone = new WeakReference<>(target);
    WeakReference<Object> ownerGone = new WeakReference<>(owner);
    target = null;
    owner = null;
    fence.addCallback(callback);
    callback.close();
    Threads.awaitCollected(targetGone);
    Threads.awaitCollected(ownerGone);
    context.signal(fence);
    assertThat(calls).containsExactly("closed");
  }

  @Test
  @Row({"S6", "K/1"})
  void waitOfZeroTellsTheState() {
    assertThat(fence.await(Duration.ZERO)).isFalse();
    context.signal(fence);
    assertThat(fence.await(Duration.ZERO)).isTrue();
    assertErrno(Errno.EINVAL, () -> fence.await(Duration.ofNanos(-1)));
  }

  @Test
  @Row("S6")
  void waitEndsWhenTheHandTurnedClockReachesItsTimeout() throws Exception {
    Threads.Running<Boolean> waiter = Threads.start(() -> fence.await(Duration.ofMillis(5)));
    framework.clock().awaitScheduled(1);
    framework.clock().advance(4_999_999);
    waiter.awaitBlocked();
    framework.clock().advance(1);
    assertThat(waiter.join()).isFalse();
    assertThat(fence.isSignaled()).isFalse();
  }

  @Test
  @Row({"S6", "K/1"})
  void delayedSignalWakesAllWaitersAlsoWithAnError() throws Exception {
    List<Threads.Running<Boolean>> waiters = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      waiters.add(Threads.start(() -> fence.await(Duration.ofDays(1))));
    }
    Threads.Running<Boolean> unbounded =
        Threads.start(
            () -> {
              fence.await();
              return fence.isSignaled();
            });
    framework.clock().awaitScheduled(3);
    unbounded.awaitBlocked();
    context.fail(fence, Errno.EIO);
    for (Threads.Running<Boolean> waiter : waiters) {
      assertThat(waiter.join()).isTrue();
    }
    assertThat(unbounded.join()).isTrue();
  }

  @Test
  @Row("S6")
  void interruptedWaitLeavesNoPlaceBehind() throws Exception {
    DmaFence loose = new DriverFence(context.line(), 99, null);
    Threads.Running<Boolean> waiter =
        Threads.start(
            () -> {
              assertErrno(Errno.ERESTARTSYS, loose::await);
              return Thread.currentThread().isInterrupted();
            });
    waiter.awaitBlocked();
    waiter.thread().interrupt();
    assertThat(waiter.join()).as("flag stays set").isTrue();
    assertThat(loose.complete(null, 0)).as("who is still to be told").isNull();
  }

  @Test
  @Row("S9")
  void laterIsAMatterOfOneContext() {
    DmaFence second = context.create();
    assertThat(second.isLater(fence)).isTrue();
    assertThat(fence.isLater(second)).isFalse();
    assertThat(fence.isLater(fence)).isFalse();
    try (FenceContext other = framework.contexts().open("driver", "other")) {
      assertErrno(Errno.EINVAL, () -> other.create().isLater(fence));
    }
  }

  @Test
  void closeOfAContextCompletesWhatIsPendingInOrderWithEcanceled() {
    DmaFence second = context.create();
    DmaFence third = context.create();
    for (DmaFence each : List.of(third, second, fence)) {
      each.addCallback(
          new FenceCallback(done -> calls.add(done.seqno() + "" + done.error()), closed -> {}));
    }
    context.signal(second);
    context.close();
    assertThat(calls)
        .containsExactly("2Optional.empty", "1Optional[ECANCELED]", "3Optional[ECANCELED]");
    assertThat(context.isClosed()).isTrue();
    assertErrno(Errno.ECANCELED, context::create);
    context.close();
    assertThat(framework.contexts().pending()).isZero();
  }

  @Test
  @Row("N8")
  void fenceAnswersWhenItsProducerIsGone() {
    context.close();
    assertThat(fence.driverName()).isEqualTo("driver");
    assertThat(fence.timelineName()).isEqualTo("line");
    assertThat(fence.await(Duration.ofSeconds(1))).isTrue();
    assertThat(fence.error()).contains(Errno.ECANCELED);
    assertThat(context.signal(fence)).isFalse();
  }
}
