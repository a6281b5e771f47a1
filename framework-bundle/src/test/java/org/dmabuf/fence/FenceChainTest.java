package org.dmabuf.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntPredicate;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.dmabuf.StressCounts;
import org.dmabuf.Threads;
import org.dmabuf.fence.FenceArray.Mode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The kernel's own cases for chains (st-dma-fence-chain), and what they leave out. */
class FenceChainTest {
  private static final int COUNT = 64;

  @RegisterExtension final Framework framework = new Framework();
  private final List<DmaFence> fences = new ArrayList<>();
  private final List<FenceChain> chains = new ArrayList<>();
  private FenceContext context;

  @BeforeEach
  void open() {
    context = framework.contexts().open("mock", "line");
  }

  @AfterEach
  void close() {
    context.close();
  }

  /** Points at 1 * step, 2 * step, ... */
  private void build(int count, int step) {
    for (int i = 0; i < count; i++) {
      DmaFence fence = context.create();
      long seqno = (i + 1L) * step;
      chains.add(
          i == 0 ? FenceChain.of(fence, seqno) : FenceChain.of(chains.getLast(), fence, seqno));
      fences.add(fence);
    }
  }

  private void signal(int i) {
    context.signal(fences.get(i));
  }

  private List<Integer> shuffled() {
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      order.add(i);
    }
    Collections.shuffle(order, new Random(7));
    return order;
  }

  @Test
  @Row("S15")
  void sanitycheck() {
    DmaFence fence = context.create();
    FenceChain chain = FenceChain.of(fence, 1);
    assertThat(chain.fence()).isSameAs(fence);
    assertThat(chain.kind()).isEqualTo(FenceKind.CHAIN);
    assertThat(chain.kind().isContainer()).isTrue();
    assertThat(chain.describe()).isEqualTo("dma_fence_chain unbound seq 1 unsignalled");
    assertThat(chain.walk()).isEmpty();
    context.signal(fence);
    assertThat(chain.isSignaled()).isTrue();
  }

  @Test
  @Row({"S15", "K/3"})
  void find_seqno() {
    build(COUNT, 1);
    assertThat(FenceChain.findSeqno(chains.getLast(), 0)).containsSame(chains.getLast());
    for (int i = 0; i < COUNT; i++) {
      FenceChain link = chains.get(i);
      assertThat(FenceChain.findSeqno(link, i + 1)).containsSame(link);
      assertThat(FenceChain.findSeqno(chains.getLast(), i + 1)).containsSame(link);
      long future = i + 2L;
      assertErrno(Errno.EINVAL, () -> FenceChain.findSeqno(link, future));
      if (i > 0) {
        assertThat(FenceChain.findSeqno(link, i)).containsSame(chains.get(i - 1));
      }
    }
    assertErrno(Errno.EINVAL, () -> FenceChain.findSeqno(fences.getFirst(), 1));
    assertErrno(Errno.EINVAL, () -> FenceChain.findSeqno(null, 0));
    assertThat(FenceChain.findSeqno(fences.getFirst(), 0)).containsSame(fences.getFirst());
  }

  @Test
  @Row({"S15", "K/3"})
  void find_signaled() {
    build(2, 1);
    signal(0);
    assertThat(FenceChain.findSeqno(chains.get(1), 1)).isEmpty();
    assertThat(FenceChain.findSeqno(chains.get(0), 1)).containsSame(chains.get(0));
  }

  @Test
  @Row("S15")
  void find_out_of_order() {
    build(3, 1);
    signal(1);
    // Who waits for 2 waits for all up to it, and 1 is what is left of those.
    assertThat(FenceChain.findSeqno(chains.get(2), 2)).containsSame(chains.get(0));
  }

  @Test
  @Row({"S15", "K/3"})
  void find_gap() {
    build(COUNT, 10);
    for (int i = 0; i < COUNT; i++) {
      assertThat(FenceChain.findSeqno(chains.getLast(), i * 10L + 3)).containsSame(chains.get(i));
    }
  }

  @Test
  @Tag("stress")
  @Row("S15")
  void find_race() throws Exception {
    int links = StressCounts.of(512, 4096);
    build(links, 1);
    int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
    IntPredicate goesOn = StressCounts.during(2000, Duration.ofSeconds(5));
    Threads.together(
        threads,
        number -> {
          Random random = new Random(number);
          for (int i = 0; goesOn.test(i); i++) {
            long seqno = 1L + random.nextInt(links);
            DmaFence found = FenceChain.findSeqno(chains.getLast(), seqno).orElse(null);
            if (found == chains.getLast()) {
              assertThat(seqno).isEqualTo(links);
            } else if (found != null) {
              assertThat(found).isInstanceOf(FenceChain.class);
              assertThat(found.seqno()).isLessThanOrEqualTo(seqno);
            }
            signal(random.nextInt(links));
          }
        });
    for (int i = 0; i < links; i++) {
      signal(i);
    }
    assertThat(chains).allMatch(DmaFence::isSignaled);
  }

  @Test
  @Row("S15")
  void signal_forward() {
    build(COUNT, 1);
    for (int i = 0; i < COUNT; i++) {
      signal(i);
      assertThat(chains.get(i).isSignaled()).as("link %s", i).isTrue();
      assertThat(i + 1 == COUNT || !chains.get(i + 1).isSignaled()).as("link after").isTrue();
    }
  }

  @Test
  @Row("S15")
  void signal_backward() {
    build(COUNT, 1);
    for (int i = COUNT - 1; i > 0; i--) {
      signal(i);
      assertThat(chains.get(i).isSignaled()).as("link %s", i).isFalse();
    }
    signal(0);
    assertThat(chains).allMatch(DmaFence::isSignaled);
  }

  @Test
  @Row("S15")
  void wait_forward() throws Exception {
    waitWhile(shuffled().stream().sorted().toList());
  }

  @Test
  @Row("S15")
  void wait_backward() throws Exception {
    waitWhile(shuffled().stream().sorted(Collections.reverseOrder()).toList());
  }

  @Test
  @Row("S15")
  void wait_random() throws Exception {
    waitWhile(shuffled());
  }

  private void waitWhile(List<Integer> order) throws Exception {
    build(COUNT, 1);
    Threads.Running<Boolean> waiter =
        Threads.start(() -> chains.getLast().await(Duration.ofDays(1)));
    waiter.awaitBlocked();
    order.forEach(this::signal);
    assertThat(waiter.join()).isTrue();
    assertThat(chains.getLast().isSignaled()).isTrue();
  }

  @Test
  @Row({"L/17", "K/3"})
  void aPointOutOfOrderTakesTheLastNumberInAContextOfItsOwn() {
    build(3, 5);
    FenceChain last = chains.getLast();
    for (long seqno : new long[] {4, 15}) {
      FenceChain late = FenceChain.of(last, context.create(), seqno);
      assertThat(late.seqno()).isEqualTo(15);
      assertThat(late.contextId()).isNotEqualTo(last.contextId());
      assertThat(late.previousSeqno()).isZero();
      assertThat(late.walk()).containsSame(last);
      // Up to its number it is the one to wait for, as it hides those before.
      assertThat(FenceChain.findSeqno(late, 5)).containsSame(late);
    }
    assertThat(last.contextId()).isEqualTo(chains.getFirst().contextId());
    assertThat(last.previousSeqno()).isEqualTo(10);
  }

  @Test
  @Row("L/17")
  void numbersHave64BitsWithoutSign() {
    FenceChain first = FenceChain.of(context.create(), Long.MAX_VALUE);
    FenceChain second = FenceChain.of(first, context.create(), -2);
    assertThat(second.contextId()).isEqualTo(first.contextId());
    assertThat(second.isLater(first)).isTrue();
    assertThat(first.isLater(second)).isFalse();
    assertThat(FenceChain.findSeqno(second, Long.MIN_VALUE)).containsSame(second);
    assertThat(FenceChain.findSeqno(second, 1)).containsSame(first);
    assertErrno(Errno.EINVAL, () -> FenceChain.findSeqno(second, -1));
  }

  @Test
  @Row("L/17")
  void aPlainFenceBeforeTheFirstPointIsWaitedForToo() {
    DmaFence before = context.create();
    FenceChain chain = FenceChain.of(before, context.create(), 3);
    assertThat(chain.seqno()).isEqualTo(3);
    assertThat(chain.walk()).containsSame(before);
    context.signal(chain.fence());
    assertThat(chain.isSignaled()).isFalse();
    context.signal(before);
    assertThat(chain.isSignaled()).isTrue();
    assertThat(chain.walk()).isEmpty();
  }

  @Test
  @Row({"S15", "K/3"})
  void whoWaitsIsToldWhenTheLastOfThemHasCompletedAndNoErrorIsSeen() {
    build(3, 1);
    AtomicInteger told = new AtomicInteger();
    chains.getLast().addCallback(new FenceCallback(done -> told.incrementAndGet(), closed -> {}));
    signal(2);
    context.fail(fences.get(0), Errno.EIO);
    assertThat(told).hasValue(0);
    framework.clock().advance(5);
    signal(1);
    assertThat(told).hasValue(1);
    assertThat(chains.getLast().status()).isEqualTo(1);
    assertThat(chains.getLast().error()).isEmpty();
    assertThat(chains.getLast().timestamp()).isEqualTo(framework.clock().nanos());
    assertThat(chains.getLast().walk()).isEmpty();
  }

  @Test
  @Row("N5")
  void aDeadlineIsThatOfAllThatIsPending() {
    build(3, 1);
    signal(1);
    chains.getLast().setDeadline(77);
    assertThat(fences.get(0).deadline()).hasValue(77);
    assertThat(fences.get(1).deadline()).isEmpty();
    assertThat(fences.get(2).deadline()).hasValue(77);
  }

  @Test
  @Row("S15")
  void aChainIsNoPointOfAnother() {
    build(1, 1);
    assertErrno(Errno.EINVAL, () -> FenceChain.of(chains.getFirst(), 2));
    assertThatNullPointerException().isThrownBy(() -> FenceChain.of(null, fences.getFirst(), 2));
  }

  @Test
  @Row("N6")
  void unwrapShowsTheLastPointAndThePendingOnesBefore() {
    build(4, 1);
    signal(1);
    signal(3);
    assertThat(FenceUnwrap.unwrap(chains.getLast()))
        .containsExactly(fences.get(3), fences.get(2), fences.get(0));
  }

  @Test
  @Row("N6")
  void unwrapTakesArraysApartInAChain() {
    try (FenceContext other = framework.contexts().open("mock", "other")) {
      DmaFence a = context.create();
      DmaFence b = other.create();
      DmaFence c = other.create();
      FenceChain first = FenceChain.of(FenceArray.of(List.of(a, b), Mode.ALL), 1);
      FenceChain last = FenceChain.of(first, c, 2);
      assertThat(FenceUnwrap.unwrap(last)).containsExactly(c, a, b);
      assertThat(FenceUnwrap.unwrap(FenceUnwrap.merge(List.of(last)))).containsExactly(a, c);
      assertThat(last.matchesContext(other.id())).isFalse();
      assertThat(FenceChain.of(c, 1).matchesContext(other.id())).isTrue();
    }
  }

  /** 100000 links: whatever asked, nothing goes from link to link on the stack. */
  @Test
  @Row({"S15", "K/3"})
  void aLongChainDoesNotRecurse() {
    build(100_000, 1);
    AtomicInteger told = new AtomicInteger();
    chains.getLast().addCallback(new FenceCallback(done -> told.incrementAndGet(), closed -> {}));
    assertThat(chains.getLast().isSignaled()).isFalse();
    assertThat(FenceUnwrap.unwrap(chains.getLast())).hasSize(100_000);
    for (int i = fences.size() - 1; i >= 0; i--) {
      signal(i);
    }
    assertThat(told).hasValue(1);
    assertThat(chains.getLast().walk()).isEmpty();
  }

  @Test
  @Row({"S15", "K/3"})
  void pointsThatHaveCompletedAreForgotten() {
    build(3, 1);
    WeakReference<FenceChain> middle = new WeakReference<>(chains.get(1));
    FenceChain last = chains.get(2);
    signal(1);
    assertThat(last.walk()).containsSame(chains.get(0));
    chains.clear();
    Threads.awaitCollected(middle);
    assertThat(last.isSignaled()).isFalse();
  }

  @Test
  @Row({"S15", "K/3"})
  void aCompletedChainForgetsAllThatWasBefore() {
    build(2, 1);
    WeakReference<FenceChain> first = new WeakReference<>(chains.get(0));
    FenceChain last = chains.get(1);
    signal(0);
    signal(1);
    assertThat(last.isSignaled()).isTrue();
    chains.clear();
    Threads.awaitCollected(first);
    assertThat(last.walk()).isEmpty();
  }
}
