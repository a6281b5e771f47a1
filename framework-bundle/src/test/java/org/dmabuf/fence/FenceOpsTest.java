package org.dmabuf.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.LogRecorder;
import org.dmabuf.Row;
import org.dmabuf.Threads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The hooks of a producer: what is asked of it, and when. */
class FenceOpsTest {
  @RegisterExtension final Framework framework = new Framework();
  private final List<String> calls = new ArrayList<>();
  private boolean pending = true;
  private boolean done;

  private class Recording implements FenceOps {
    @Override
    public boolean enableSignaling(DmaFence fence) {
      calls.add("enable");
      return pending;
    }

    @Override
    public boolean isSignaled(DmaFence fence) {
      calls.add("look");
      return done;
    }

    @Override
    public void setDeadline(DmaFence fence, long nanos) {
      calls.add("deadline " + nanos);
    }
  }

  private FenceContext open(FenceOps ops) {
    return framework
        .contexts()
        .open(FenceContextInfo.of("driver", "line").withOps(ops), () -> calls.add("closed"));
  }

  private FenceCallback callback() {
    return new FenceCallback(done -> calls.add("callback"), closed -> {});
  }

  @Test
  @Row({"S3", "K/1"})
  void signallingIsEnabledOnceByWhoeverWaitsFirst() {
    try (FenceContext context = open(new Recording())) {
      DmaFence fence = context.create();
      fence.enableSignaling();
      fence.enableSignaling();
      assertThat(fence.addCallback(callback())).isTrue();
      assertThat(calls).containsExactly("enable");
      context.signal(fence);
      fence.enableSignaling();
      assertThat(calls).containsExactly("enable", "callback");
    }
  }

  @Test
  @Row({"S3", "K/1"})
  void producerThatHasNothingToSignalCompletes() {
    pending = false;
    try (FenceContext context = open(new Recording())) {
      DmaFence fence = context.create();
      assertThat(fence.addCallback(callback())).isFalse();
      assertThat(calls).containsExactly("enable");
      assertThat(fence.status()).isEqualTo(1);
      assertThat(context.signal(fence)).isFalse();
    }
  }

  @Test
  @Row({"S5", "K/1"})
  void pendingFenceIsLookedAtWheneverItIsAsked() {
    try (FenceContext context = open(new Recording())) {
      DmaFence fence = context.create();
      assertThat(fence.isSignaled()).isFalse();
      fence.addCallback(callback());
      done = true;
      assertThat(fence.status()).isEqualTo(1);
      assertThat(fence.isSignaled()).isTrue();
      assertThat(calls).containsExactly("look", "enable", "look", "callback");
    }
  }

  @Test
  @Row("K/1")
  void pollLooksAtAllThatArePendingOldestFirst() {
    List<Long> looked = new ArrayList<>();
    FenceOps ops =
        new FenceOps() {
          @Override
          public boolean isSignaled(DmaFence fence) {
            looked.add(fence.seqno());
            return fence.seqno() != 2;
          }
        };
    try (FenceContext context = open(ops);
        FenceContext line = framework.contexts().openTimeline("sw_sync", "line")) {
      for (int i = 0; i < 4; i++) {
        context.create();
      }
      context.poll();
      assertThat(looked).containsExactly(1L, 2L, 3L, 4L);
      assertThat(context.pending()).isEqualTo(1);
      DmaFence point = line.create(1);
      line.poll();
      assertThat(point.isSignaled()).isFalse();
    }
  }

  @Test
  @Row("N5")
  void earlierDeadlinesGoDownToTheProducer() {
    try (FenceContext context = open(new Recording())) {
      DmaFence fence = context.create();
      fence.setDeadline(100);
      fence.setDeadline(200);
      fence.setDeadline(50);
      assertThat(calls)
          .filteredOn(call -> call.startsWith("deadline"))
          .containsExactly("deadline 100", "deadline 50");
      assertThat(fence.deadline()).isEqualTo(OptionalLong.of(50));
      context.signal(fence);
      fence.setDeadline(1);
      assertThat(calls).doesNotContain("deadline 1");
    }
  }

  @Test
  void hookThatThrowsIsLoggedAndWhoWaitsIsNotStranded() {
    FenceOps wrong =
        new FenceOps() {
          @Override
          public boolean enableSignaling(DmaFence fence) {
            throw new IllegalStateException("planted");
          }

          @Override
          public boolean isSignaled(DmaFence fence) {
            throw new AssertionError("planted");
          }

          @Override
          public void setDeadline(DmaFence fence, long nanos) {
            throw new LinkageError("planted");
          }
        };
    try (FenceContext context = open(wrong)) {
      DmaFence fence = context.create();
      assertThat(fence.isComplete()).isFalse();
      assertThat(fence.isSignaled()).isFalse();
      fence.setDeadline(5);
      assertThat(fence.deadline()).isEqualTo(OptionalLong.of(5));
      assertThat(fence.addCallback(callback())).isFalse();
      assertThat(fence.error()).contains(Errno.EIO);
      assertThat(LogRecorder.lines()).isNotEmpty().allMatch(line -> line.startsWith("ERROR"));
      DmaFence unasked = context.create();
      assertThat(context.signal(unasked)).isTrue();
    }
  }

  @Test
  @Row("S3")
  void callbackThatComesWhileTheHookRunsIsToldToo() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch added = new CountDownLatch(1);
    FenceOps slow =
        new FenceOps() {
          @Override
          public boolean enableSignaling(DmaFence fence) {
            inside.countDown();
            try {
              added.await();
            } catch (InterruptedException late) {
              throw new AssertionError(late);
            }
            return false;
          }
        };
    try (FenceContext context = open(slow)) {
      DmaFence fence = context.create();
      Threads.Running<Boolean> first =
          Threads.start(() -> fence.addCallback(new FenceCallback(d -> {}, closed -> {})));
      inside.await();
      assertThat(fence.addCallback(callback())).isTrue();
      added.countDown();
      assertThat(first.join()).isFalse();
      assertThat(calls).containsExactly("callback");
    }
  }

  @Test
  @Row({"N8", "N17"})
  void closedContextAsksNobodyAndKeepsNoHooks() {
    FenceOps ops =
        new FenceOps() {
          @Override
          public boolean isSignaled(DmaFence fence) {
            calls.add("look");
            return false;
          }
        };
    WeakReference<FenceOps> gone = new WeakReference<>(ops);
    FenceContext context = open(ops);
    ops = null;
    DmaFence fence = context.create();
    context.close();
    assertThat(fence.error()).contains(Errno.ECANCELED);
    fence.setDeadline(1);
    fence.enableSignaling();
    assertThat(calls).containsExactly("closed");
    Threads.awaitCollected(gone);
    assertThat(fence.describe()).isEqualTo("driver line seq 1 signalled");
    assertThat(context.isClosed()).isTrue();
  }

  @Test
  void contextIsDescribedSoundly() {
    assertErrno(Errno.EINVAL, () -> FenceContextInfo.of(null, "line"));
    assertErrno(Errno.EINVAL, () -> FenceContextInfo.of("driver", null));
    FenceContextInfo info = FenceContextInfo.of("driver", "line");
    assertErrno(Errno.EINVAL, () -> info.withTimeout(Duration.ZERO));
    assertErrno(Errno.EINVAL, () -> info.withTimeout(Duration.ofNanos(-1)));
    assertErrno(
        Errno.EINVAL,
        () -> new FenceContextInfo("driver", "line", FenceKind.STUB, info.ops(), info.timeout()));
    assertThat(info.with32BitNumbers().kind()).isEqualTo(FenceKind.HARDWARE);
  }
}
