package org.dmabuf.fence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.dmabuf.fence.FenceArray.Mode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The cases of the kernel's st-dma-fence-unwrap, by their names, and what they leave out. */
class FenceUnwrapTest {
  @RegisterExtension final Framework framework = new Framework();
  private FenceContext[] contexts;
  private DmaFence f0;
  private DmaFence f1;
  private DmaFence f2;

  @BeforeEach
  void make() {
    contexts = new FenceContext[3];
    for (int i = 0; i < contexts.length; i++) {
      contexts[i] = framework.contexts().open("driver", "line " + i);
    }
    f0 = contexts[0].create();
    f1 = contexts[1].create();
    f2 = contexts[2].create();
  }

  @AfterEach
  void close() {
    for (FenceContext context : contexts) {
      context.close();
    }
  }

  private static DmaFence merge(DmaFence... fences) {
    return FenceUnwrap.merge(List.of(fences));
  }

  private static FenceArray array(DmaFence... fences) {
    return FenceArray.of(List.of(fences), Mode.ALL);
  }

  /** As in the kernel's cases, all points of one number. */
  private static DmaFence chain(DmaFence... points) {
    DmaFence chain = null;
    for (DmaFence point : points) {
      chain = chain == null ? FenceChain.of(point, 1) : FenceChain.of(chain, point, 1);
    }
    return chain;
  }

  @Test
  @Row("N6")
  void sanitycheck() {
    FenceArray array = array(f0, f1);
    array.enableSignaling();
    assertThat(FenceUnwrap.unwrap(array)).hasSize(2);
    contexts[0].signal(f0);
    contexts[1].signal(f1);
    assertThat(array.isSignaled()).isTrue();
  }

  @Test
  @Row({"K/4", "N6"})
  void unwrapMergeComplex() {
    DmaFence ab = merge(f0, f1);
    DmaFence ba = merge(f1, f0);
    assertThat(FenceUnwrap.unwrap(merge(ab, ba))).containsExactly(f0, f1);
  }

  @Test
  @Row({"K/4", "N6"})
  void unwrapMergeComplexSeqno() {
    DmaFence later0 = contexts[0].create();
    DmaFence later1 = contexts[1].create();
    DmaFence merged = merge(array(later0, f1), array(f0, later1), f2);
    assertThat(FenceUnwrap.unwrap(merged)).containsExactly(later0, later1, f2);
    contexts[0].signal(later0);
    contexts[1].signal(later1);
    assertThat(merged.isSignaled()).isFalse();
    contexts[2].signal(f2);
    assertThat(merged.isSignaled()).isTrue();
  }

  @Test
  @Row("N6")
  void unwrapArray() {
    assertThat(FenceUnwrap.unwrap(f0)).containsExactly(f0);
    assertThat(FenceUnwrap.unwrap(array(f2, f0))).containsExactly(f2, f0);
    assertThat(FenceUnwrap.unwrap(array(f2, array(f0, f1)))).containsExactly(f2, f0, f1);
  }

  @Test
  @Row({"N6", "S15"})
  void unwrapChain() {
    assertThat(FenceUnwrap.unwrap(chain(f0, f1, f2))).containsExactly(f2, f1, f0);
    assertThat(FenceUnwrap.unwrap(chain(f0))).containsExactly(f0);
  }

  @Test
  @Row({"N6", "S15"})
  void unwrapChainArray() {
    assertThat(FenceUnwrap.unwrap(chain(array(f0, f1)))).containsExactly(f0, f1);
    assertThat(FenceUnwrap.unwrap(chain(f2, array(f0, f1)))).containsExactly(f0, f1, f2);
  }

  @Test
  @Row({"K/4", "N6"})
  void unwrapMerge() {
    assertThat(merge(f0)).isSameAs(f0);
    assertThat(FenceUnwrap.unwrap(merge(f0, f1))).containsExactly(f0, f1);
    assertErrno(Errno.EINVAL, () -> FenceUnwrap.merge(List.of()));
  }

  @Test
  @Row({"K/4", "N6"})
  void unwrapMergeDuplicate() {
    assertThat(merge(f0, f0)).isSameAs(f0);
    assertThat(FenceUnwrap.unwrap(merge(array(f0, f1), array(f1, f0)))).containsExactly(f0, f1);
  }

  @Test
  @Row({"K/4", "N6"})
  void unwrapMergeSeqno() {
    DmaFence later = contexts[0].create();
    assertThat(merge(f0, later)).isSameAs(later);
    assertThat(merge(later, f0)).isSameAs(later);
    assertThat(FenceUnwrap.unwrap(merge(later, f1, f0))).containsExactly(later, f1);
  }

  @Test
  @Row({"K/4", "N6"})
  void unwrapMergeOrder() {
    assertThat(FenceUnwrap.unwrap(merge(f2, f1, f0))).containsExactly(f0, f1, f2);
  }

  @Test
  @Row({"K/4", "N6"})
  void nestedArraysAreFlattened() {
    DmaFence merged = merge(array(f2, array(f1)), f0);
    assertThat(merged).isInstanceOf(FenceArray.class);
    assertThat(((FenceArray) merged).members()).containsExactly(f0, f1, f2);
  }

  @Test
  @Row({"K/4", "N6", "L/5"})
  void completedOnesAreDroppedAndNothingIsLeftOfThem() {
    contexts[0].signal(f0);
    assertThat(merge(f0, f1)).isSameAs(f1);
    framework.clock().advance(10);
    contexts[1].fail(f1, Errno.EIO);
    long last = framework.clock().nanos();
    framework.clock().advance(10);
    DmaFence stub = merge(f1, f0);
    assertThat(stub.kind()).isEqualTo(FenceKind.STUB);
    assertThat(stub.status()).as("the error is lost").isEqualTo(1);
    assertThat(stub.timestamp()).as("when the last one completed").isEqualTo(last);
  }

  /** However fences are nested: of each context the latest pending one, in order. */
  @Test
  @Row("N6")
  void mergeOfAnythingHasOneFenceForEachPendingContext() {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      List<DmaFence> given = new ArrayList<>();
      DmaFence[] latest = new DmaFence[contexts.length];
      for (int i = 0; i < 12; i++) {
        int at = random.nextInt(contexts.length);
        DmaFence fence = contexts[at].create();
        if (random.nextInt(3) == 0) {
          contexts[at].signal(fence);
        } else {
          latest[at] = fence;
        }
        int into = given.isEmpty() ? 0 : random.nextInt(given.size());
        boolean nest = !given.isEmpty() && random.nextBoolean();
        given.add(nest ? array(fence, given.remove(into)) : fence);
      }
      List<DmaFence> expected = new ArrayList<>();
      for (DmaFence fence : latest) {
        if (fence != null) {
          expected.add(fence);
        }
      }
      DmaFence merged = FenceUnwrap.merge(given);
      if (expected.isEmpty()) {
        assertThat(merged.kind()).as("seed " + seed).isEqualTo(FenceKind.STUB);
      } else {
        assertThat(FenceUnwrap.unwrap(merged)).as("seed " + seed).isEqualTo(expected);
      }
    }
  }
}
