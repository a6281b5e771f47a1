package org.dmabuf.fence;

import static org.assertj.core.api.Assertions.assertThat;

/** A callback that is called exactly once when it was taken, and only for a completed fence. */
final class CallCount {
  private final FenceCallback callback = new FenceCallback(this::called, closed -> {});
  private final DmaFence[] before;
  private DmaFence on;
  private boolean taken;
  private int calls;
  private boolean tooEarly;

  /** Makes one that must not be called before all of these have completed. */
  CallCount(DmaFence... before) {
    this.before = before;
  }

  CallCount addTo(DmaFence fence) {
    on = fence;
    boolean was = fence.addCallback(callback);
    taken = was;
    assertThat(was || fence.isComplete()).as("refused by a pending fence").isTrue();
    return this;
  }

  void removeFrom(DmaFence fence) {
    if (fence.removeCallback(callback)) {
      taken = false;
    }
  }

  boolean isTaken() {
    return taken;
  }

  void check() {
    assertThat(calls).as("calls").isEqualTo(taken ? 1 : 0);
    assertThat(tooEarly).as("called too early").isFalse();
  }

  private void called(DmaFence done) {
    calls++;
    tooEarly |= done != on || !done.isComplete();
    for (DmaFence fence : before) {
      tooEarly |= !fence.isComplete();
    }
  }
}
