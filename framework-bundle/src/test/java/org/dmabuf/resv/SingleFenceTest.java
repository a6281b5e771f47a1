package org.dmabuf.resv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.util.List;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.LogRecorder;
import org.dmabuf.Row;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceArray;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.fence.FenceUnwrap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A reservation's fences as one, and those of another reservation. */
class SingleFenceTest {
  @RegisterExtension final Framework framework = new Framework();
  private DmaResv resv;
  private FenceContext one;
  private FenceContext two;

  @BeforeEach
  void make() {
    resv = framework.reservation();
    one = framework.contexts().open("driver", "one");
    two = framework.contexts().open("driver", "two");
  }

  @AfterEach
  void close() {
    one.close();
    two.close();
  }

  private void add(DmaFence fence, Usage usage) {
    resv.lock();
    resv.reserveFences(1);
    resv.addFence(fence, usage);
    resv.unlock();
  }

  /** The recorded scenario k.resv, its get_singleton steps. */
  @Test
  @Row({"N3", "K/5"})
  void singleFenceIsBareAndSeveralAreAnArrayInTheOrderOfTheirSlots() {
    assertThat(resv.getSingleton(Usage.BOOKKEEP)).isEmpty();
    DmaFence write = two.create();
    DmaFence read = one.create();
    DmaFence later = one.create();
    add(write, Usage.WRITE);
    assertThat(resv.getSingleton(Usage.KERNEL)).isEmpty();
    assertThat(resv.getSingleton(Usage.WRITE)).containsSame(write);
    add(read, Usage.READ);
    DmaFence all = resv.getSingleton(Usage.READ).orElseThrow();
    assertThat(((FenceArray) all).members()).containsExactly(write, read);
    add(later, Usage.BOOKKEEP);
    assertThat(FenceUnwrap.unwrap(resv.getSingleton(Usage.BOOKKEEP).orElseThrow()))
        .as("not merged by context")
        .containsExactly(write, read, later);
    assertThat(FenceUnwrap.unwrap(all)).as("a snapshot").hasSize(2);
    two.signal(write);
    assertThat(resv.getSingleton(Usage.READ)).containsSame(read);
  }

  @Test
  @Row("K/5")
  void copyTakesThePendingFencesInThePlaceOfItsOwn() {
    DmaFence done = one.create();
    DmaFence write = two.create();
    DmaFence read = one.create();
    add(done, Usage.KERNEL);
    add(write, Usage.WRITE);
    resv.lock();
    resv.reserveFences(1);
    resv.addFence(read, Usage.READ);
    resv.unlock();
    one.signal(done);
    DmaResv copy = framework.reservation();
    assertErrno(Errno.EINVAL, () -> copy.copyFences(resv));
    copy.lock();
    copy.reserveFences(1);
    copy.addFence(one.create(), Usage.READ);
    copy.copyFences(resv);
    assertThat(copy.entries())
        .containsExactly(
            new DmaResv.Entry(write, Usage.WRITE), new DmaResv.Entry(read, Usage.READ));
    DmaFence late = framework.contexts().stub();
    assertErrno(Errno.EINVAL, () -> copy.addFence(late, Usage.READ));
    copy.reserveFences(3);
    copy.addFence(late, Usage.READ);
    copy.unlock();
    assertThat(resv.entries()).as("of the other").hasSize(3);
  }

  @Test
  @Row("N3")
  void containerThatIsAddedAsSuchIsWarnedOf() {
    DmaFence a = one.create();
    DmaFence b = two.create();
    FenceArray array = FenceArray.of(List.of(a, b), FenceArray.Mode.ALL);
    add(array, Usage.WRITE);
    assertThat(resv.pending(Usage.WRITE)).containsExactly(array);
    assertThat(LogRecorder.lines())
        .singleElement()
        .asString()
        .startsWith("WARN dma_fence_array unbound seq 1")
        .contains("unwrap it");
    one.signal(a);
    two.signal(b);
    assertThat(resv.isSignaled(Usage.WRITE)).isTrue();
  }

  @Test
  @Row({"L/3", "S9"})
  void fenceOfATimelineIsReplacedByOneThatIsLaterIn32Bits() {
    try (FenceContext line = framework.contexts().openTimeline("sw_sync", "line")) {
      line.advance(0xffff_fff0L);
      DmaFence before = line.create(0xffff_ffffL);
      DmaFence after = line.create(1);
      add(before, Usage.WRITE);
      add(after, Usage.WRITE);
      assertThat(resv.pending(Usage.WRITE)).containsExactly(after);
      add(before, Usage.WRITE);
      assertThat(resv.pending(Usage.WRITE)).containsExactly(after, before);
    }
  }
}
