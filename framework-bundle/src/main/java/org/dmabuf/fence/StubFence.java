package org.dmabuf.fence;

/**
 * A fence that has completed from the beginning, where somebody must be given one and there is
 * nothing to wait for. Kernel counterpart: {@code dma_fence_get_stub()} and {@code
 * dma_fence_allocate_private_stub()}.
 */
final class StubFence extends DmaFence {
  private static final String NAME = "stub";

  private final FenceContexts contexts;

  /**
   * Makes one.
   *
   * @param timestamp when what it stands for completed, in ns of the product's clock
   */
  StubFence(FenceContexts contexts, long timestamp) {
    this.contexts = contexts;
    complete(null, timestamp);
  }

  @Override
  public FenceKind kind() {
    return FenceKind.STUB;
  }

  @Override
  public long contextId() {
    return 0;
  }

  @Override
  public long seqno() {
    return 0;
  }

  @Override
  public String driverName() {
    return NAME;
  }

  @Override
  public String timelineName() {
    return NAME;
  }

  @Override
  FenceContexts contexts() {
    return contexts;
  }
}
