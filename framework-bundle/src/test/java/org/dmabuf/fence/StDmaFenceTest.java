package org.dmabuf.fence;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.dmabuf.StressCounts;
import org.dmabuf.Threads;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the kernel's st-dma-fence asserts, by the names of its cases. */
class StDmaFenceTest {
  @RegisterExtension final Framework framework = new Framework();
  private final AtomicBoolean seen = new AtomicBoolean();
  private final FenceCallback callback = new FenceCallback(done -> seen.set(true), closed -> {});
  private FenceContext context;
  private DmaFence fence;

  @BeforeEach
  void open() {
    context = framework.contexts().open("mock", "mock");
    fence = context.create();
  }

  @AfterEach
  void close() {
    context.close();
  }

  @Test
  @Row("S2")
  void sanitycheck() {
    fence.enableSignaling();
    assertThat(fence.isSignaled()).isFalse();
    assertThat(context.signal(fence)).isTrue();
  }

  @Test
  @Row("S2")
  void testSignaling() {
    fence.enableSignaling();
    assertThat(fence.isSignaled()).as("at creation").isFalse();
    assertThat(context.signal(fence)).isTrue();
    assertThat(fence.isSignaled()).isTrue();
    assertThat(context.signal(fence)).as("twice").isFalse();
  }

  @Test
  @Row({"S2", "S3"})
  void testAddCallback() {
    assertThat(fence.addCallback(callback)).isTrue();
    context.signal(fence);
    assertThat(seen).isTrue();
  }

  @Test
  @Row("S3")
  void testLateAddCallback() {
    context.signal(fence);
    assertThat(fence.addCallback(callback)).isFalse();
    context.signal(fence);
    assertThat(seen).isFalse();
  }

  @Test
  @Row("S4")
  void testRmCallback() {
    fence.addCallback(callback);
    assertThat(fence.removeCallback(callback)).isTrue();
    context.signal(fence);
    assertThat(seen).isFalse();
  }

  @Test
  @Row("S4")
  void testLateRmCallback() {
    fence.addCallback(callback);
    context.signal(fence);
    assertThat(seen).isTrue();
    assertThat(fence.removeCallback(callback)).isFalse();
  }

  @Test
  @Row("S5")
  void testStatus() {
    assertThat(fence.status()).isZero();
    context.signal(fence);
    assertThat(fence.status()).isNotZero();
  }

  @Test
  @Row({"S5", "N17"})
  void testError() {
    assertThat(fence.status()).isZero();
    context.fail(fence, Errno.EIO);
    assertThat(fence.status()).isEqualTo(-Errno.EIO.number());
  }

  @Test
  @Row("S6")
  void testWait() {
    assertThat(fence.await(Duration.ZERO)).isFalse();
    context.signal(fence);
    assertThat(fence.await(Duration.ZERO)).isTrue();
  }

  @Test
  @Row("S6")
  void testWaitTimeout() throws Exception {
    Duration tick = Duration.ofMillis(1);
    Threads.Running<Boolean> early = Threads.start(() -> fence.awaitUninterruptibly(tick));
    framework.clock().awaitScheduled(1);
    framework.clock().advance(tick.toNanos());
    assertThat(early.join()).as("before it is signalled").isFalse();
    framework.clock().schedule(framework.clock().nanos() + 1, () -> context.signal(fence));
    Threads.Running<Boolean> woken = Threads.start(() -> fence.await(Duration.ofSeconds(1)));
    woken.awaitBlockedOn(fence);
    framework.clock().advance(1);
    assertThat(woken.join()).as("by the delayed signal").isTrue();
  }

  @Test
  @Row("S10")
  void testStub() {
    Set<DmaFence> stubs = new HashSet<>();
    for (int i = 0; i < 64; i++) {
      DmaFence stub = framework.contexts().stub();
      assertThat(stub.isSignaled()).isTrue();
      stubs.add(stub);
      DmaFence own = framework.contexts().privateStub(i);
      assertThat(own.isSignaled()).isTrue();
      assertThat(own.timestamp()).isEqualTo(i);
      stubs.add(own);
    }
    assertThat(stubs).hasSize(1 + 64);
  }

  /** Two threads, each with fences of its own that the other adds to: signal before and after. */
  @Test
  @Tag("stress")
  @Row({"S2", "S3"})
  void raceSignalCallback() throws Exception {
    int rounds = StressCounts.of(5_000, 100_000);
    for (boolean before : new boolean[] {false, true}) {
      List<DmaFence> fences = new ArrayList<>();
      for (int i = 0; i < 2 * rounds; i++) {
        fences.add(context.create());
      }
      Threads.together(
          2,
          number -> {
            for (int i = 0; i < rounds; i++) {
              DmaFence mine = fences.get(2 * i + number);
              DmaFence others = fences.get(2 * i + 1 - number);
              AtomicBoolean called = new AtomicBoolean();
              FenceCallback told = new FenceCallback(done -> called.set(true), closed -> {});
              if (before) {
                context.signal(mine);
              }
              boolean added = others.addCallback(told);
              if (!before) {
                context.signal(mine);
              }
              if (added) {
                others.await();
                others.removeCallbackAndWait(told);
              }
              assertThat(called.get()).isEqualTo(added);
            }
          });
    }
  }
}
