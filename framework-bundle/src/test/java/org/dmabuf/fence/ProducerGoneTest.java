package org.dmabuf.fence;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.LogRecorder;
import org.dmabuf.Row;
import org.dmabuf.Threads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of fences whose producer is dropped or hangs. */
class ProducerGoneTest {
  private static final Duration LIMIT = Duration.ofMillis(100);

  @RegisterExtension final Framework framework = new Framework();
  private final List<String> calls = Collections.synchronizedList(new ArrayList<>());

  private FenceCallback callback() {
    return new FenceCallback(done -> calls.add(done.seqno() + " " + done.status()), closed -> {});
  }

  private FenceContext watched() {
    return framework
        .contexts()
        .open(FenceContextInfo.of("gpu", "ring").withTimeout(LIMIT), () -> {});
  }

  @Test
  @Row({"S8", "N17", "K/1"})
  void forgottenContextCompletesItsFencesAndSaysSo() {
    FenceContext context =
        framework
            .contexts()
            .open(
                FenceContextInfo.of("driver", "line").withOps(new FenceOps() {}),
                () -> calls.add("closed"));
    DmaFence awaited = context.create();
    DmaFence alone = context.create();
    DmaFence done = context.create();
    context.signal(done);
    awaited.addCallback(callback());
    assertThat(awaited.isSignaled()).isFalse();
    context = null;
    Threads.awaitByCollector("closed", () -> calls.contains("closed"));
    assertThat(calls).containsExactly("1 " + -Errno.EDEADLK.number(), "closed");
    assertThat(alone.error()).as("nobody waited").contains(Errno.ECANCELED);
    assertThat(done.error()).isEmpty();
    assertThat(LogRecorder.lines())
        .singleElement()
        .asString()
        .startsWith("WARN")
        .contains("driver line", "is awaited");
    assertThat(framework.contexts().pending()).isZero();
  }

  @Test
  @Row("S8")
  void waiterOfAForgottenContextIsWoken() throws Exception {
    DmaFence fence = framework.open("driver").fenceContext("driver", "line").create();
    Threads.Running<Object> waiter =
        Threads.start(
            () -> {
              fence.await();
              return null;
            });
    waiter.awaitBlockedOn(fence);
    Threads.awaitByCollector("completed", fence::isSignaled);
    waiter.join();
    assertThat(fence.error()).contains(Errno.EDEADLK);
  }

  @Test
  @Row("S8")
  void forgottenContextLeavesTheBooksOfItsBundle() {
    DmaBufRegistry client = framework.open("driver");
    WeakReference<FenceContext> gone = new WeakReference<>(client.fenceContext("driver", "line"));
    Threads.awaitCollected(gone);
    try (FenceContext next = client.fenceContext("driver", "next")) {
      assertThat(next.isClosed()).isFalse();
    }
  }

  @Test
  @Row("Y6")
  void pointOfATimelineThatNobodyHasIsFreed() {
    try (FenceContext line = framework.contexts().openTimeline("sw_sync", "line")) {
      DmaFence kept = line.create(3);
      line.create(1);
      line.create(2).addCallback(callback());
      FenceCallback takenBack = callback();
      DmaFence loose = line.create(4);
      loose.addCallback(takenBack);
      loose.removeCallback(takenBack);
      loose = null;
      Threads.awaitByCollector("freed", () -> line.pending() == 2);
      line.create(1);
      line.advance(3);
      assertThat(calls).as("of the one that is awaited").containsExactly("2 1");
      assertThat(kept.isSignaled()).isTrue();
      assertThat(line.pending()).isZero();
    }
  }

  @Test
  @Row("Y6")
  void freedPointsDoNotDisturbTheClose() {
    FenceContext line = framework.contexts().openTimeline("sw_sync", "line");
    WeakReference<DmaFence> gone = new WeakReference<>(line.create(1));
    DmaFence kept = line.create(2);
    Threads.awaitCollected(gone);
    line.close();
    assertThat(kept.error()).contains(Errno.ENOENT);
  }

  @Test
  @Row("S12")
  void watchdogCompletesWhatIsOverdueAndSaysWhose() {
    try (FenceContext context = watched()) {
      DmaFence hangs = context.create();
      hangs.addCallback(callback());
      framework.clock().advance(LIMIT.toNanos() / 2);
      DmaFence later = context.create();
      DmaFence inTime = context.create();
      context.signal(inTime);
      framework.clock().advance(LIMIT.toNanos() / 2);
      assertThat(calls).containsExactly("1 " + -Errno.ETIMEDOUT.number());
      assertThat(LogRecorder.lines())
          .singleElement()
          .asString()
          .startsWith("ERROR")
          .contains("gpu ring seq 1");
      assertThat(later.isSignaled()).isFalse();
      framework.clock().advance(LIMIT.toNanos() / 2);
      assertThat(later.error()).contains(Errno.ETIMEDOUT);
      assertThat(inTime.error()).isEmpty();
      DmaFence next = context.create();
      framework.clock().advance(LIMIT.toNanos() - 1);
      assertThat(next.isSignaled()).as("the watchdog had rested").isFalse();
      framework.clock().advance(1);
      assertThat(next.error()).contains(Errno.ETIMEDOUT);
    }
  }

  @Test
  @Row("S12")
  void watchdogEndsWithItsContext() {
    FenceContext context = watched();
    DmaFence fence = context.create();
    context.close();
    framework.clock().advance(2 * LIMIT.toNanos());
    assertThat(fence.error()).contains(Errno.ECANCELED);
    assertThat(LogRecorder.lines()).isEmpty();
  }

  @Test
  @Row("S12")
  void watchdogMissesNoneThatIsMadeWhileItGoesToRest() throws Exception {
    try (FenceContext context = watched()) {
      DmaFence[] last = new DmaFence[2];
      for (int round = 0; round < 300; round++) {
        Threads.together(
            2,
            number -> {
              if (number == 0) {
                framework.clock().advance(LIMIT.toNanos());
              } else {
                last[1] = context.create();
              }
            });
        framework.clock().advance(LIMIT.toNanos());
        assertThat(last[1].error()).as("round " + round).contains(Errno.ETIMEDOUT);
      }
    }
  }

  @Test
  @Row("N8")
  void completedFencesAreNotKept() {
    try (FenceContext context = framework.contexts().open("driver", "line")) {
      DmaFence oldest = context.create();
      List<WeakReference<DmaFence>> made = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        DmaFence fence = context.create();
        made.add(new WeakReference<>(fence));
        context.signal(fence);
      }
      Threads.awaitByCollector(
          "few are left", () -> made.stream().filter(each -> each.get() != null).count() <= 70);
      assertThat(context.pending()).isEqualTo(1);
      assertThat(oldest.isSignaled()).isFalse();
    }
  }

  @Test
  @Row("S2")
  void sweepLosesNoneThatIsPending() throws Exception {
    FenceContext context = framework.contexts().open("driver", "line");
    int threads = 3;
    int each = 4_000;
    DmaFence[][] pending = new DmaFence[threads][];
    Threads.together(
        threads,
        number -> {
          List<DmaFence> mine = new ArrayList<>();
          for (int i = 0; i < each; i++) {
            DmaFence fence = context.create();
            if (i % 7 == 0) {
              mine.add(fence);
            } else {
              context.signal(fence);
            }
          }
          pending[number] = mine.toArray(DmaFence[]::new);
        });
    int left = 0;
    List<Long> numbers = new ArrayList<>();
    for (DmaFence[] mine : pending) {
      left += mine.length;
      for (DmaFence fence : mine) {
        fence.addCallback(new FenceCallback(done -> numbers.add(done.seqno()), closed -> {}));
      }
    }
    assertThat(context.pending()).isEqualTo(left);
    assertThat(context.create().seqno())
        .as("each number once")
        .isEqualTo((long) threads * each + 1);
    context.close();
    assertThat(numbers).hasSize(left).isSorted().doesNotHaveDuplicates();
  }
}
