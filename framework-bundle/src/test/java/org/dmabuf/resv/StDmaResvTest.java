package org.dmabuf.resv;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The cases of the kernel's st-dma-resv, by their names; the newer ones for each usage. */
class StDmaResvTest {
  @RegisterExtension final Framework framework = new Framework();
  private DmaResv resv;
  private FenceContext context;
  private DmaFence fence;

  @BeforeEach
  void make() {
    resv = framework.reservation();
    context = framework.contexts().open("selftest", "line");
    fence = context.create();
  }

  @AfterEach
  void close() {
    context.close();
    assertThat(resv.isLocked()).isFalse();
  }

  private void add(Usage usage) {
    resv.lock();
    resv.reserveFences(1);
    resv.addFence(fence, usage);
    resv.unlock();
  }

  @Test
  @DisplayName("sanitycheck")
  @Row("R1")
  void sanitycheck() {
    assertThat(context.signal(fence)).isTrue();
    resv.lock();
    assertThat(resv.isHeld()).isTrue();
    resv.unlock();
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("test_excl_signaling, test_shared_signaling")
  @Row({"R8", "N3"})
  void testSignaling(Usage usage) {
    add(usage);
    assertThat(resv.isSignaled(usage)).isFalse();
    context.signal(fence);
    assertThat(resv.isSignaled(usage)).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("test_excl_for_each, test_shared_for_each")
  @Row({"R7", "N3"})
  void testForEach(Usage usage) {
    add(usage);
    resv.lock();
    assertThat(resv.entries()).containsExactly(new DmaResv.Entry(fence, usage));
    resv.unlock();
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("test_excl_for_each_unlocked, test_shared_for_each_unlocked")
  @Row({"R7", "N3"})
  void testForEachUnlocked(Usage usage) {
    add(usage);
    FenceIterator all = resv.iterator(usage);
    assertThat(all.next()).isTrue();
    assertThat(all.isRestarted()).as("the first of a pass").isTrue();
    assertThat(all.fence()).isSameAs(fence);
    assertThat(all.usage()).isEqualTo(usage);
    add(usage); // it takes its own place anew, which is a change
    assertThat(all.next()).isTrue();
    assertThat(all.isRestarted()).as("begun anew").isTrue();
    assertThat(all.fence()).isSameAs(fence);
    assertThat(all.next()).as("one fence only").isFalse();
    assertThat(all.isRestarted()).isFalse();
    assertThat(all.fence()).isNull();
    assertThat(all.next()).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("test_excl_get_fences, test_shared_get_fences")
  @Row({"R7", "N3"})
  void testGetFences(Usage usage) {
    add(usage);
    assertThat(resv.pending(usage)).containsExactly(fence);
    context.signal(fence);
    assertThat(resv.pending(usage)).isEmpty();
  }
}
