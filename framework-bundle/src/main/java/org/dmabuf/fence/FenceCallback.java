package org.dmabuf.fence;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.dmabuf.seam.Seam;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a client wants to be told when a fence completes. It belongs to the bundle that made it
 * (through its registry) and goes with it: after {@link #close()} it is never called again and
 * holds nothing of that bundle.
 *
 * <pre>
 *   OPEN --close()--> CLOSED
 * </pre>
 *
 * <p>One callback may wait on many fences at a time. Thread-safe. Kernel counterpart: {@code struct
 * dma_fence_cb}.
 */
public final class FenceCallback implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(FenceCallback.class);

  private record Open(Consumer<? super DmaFence> target, Consumer<FenceCallback> onClose) {}

  // Null when closed, so that neither the target nor who is told of the close is held any longer.
  private final AtomicReference<Open> open;

  /**
   * Makes a callback; drivers use {@code DmaBufRegistry.callback} so that it ends with their
   * bundle.
   *
   * @param target what to call, on the signalling thread and with no lock held; must be short, must
   *     not wait and must not take a reservation; never null
   * @param onClose told when this callback is closed, never null
   */
  public FenceCallback(Consumer<? super DmaFence> target, Consumer<FenceCallback> onClose) {
    this.open =
        new AtomicReference<>(
            new Open(
                Objects.requireNonNull(target, "target"),
                Objects.requireNonNull(onClose, "onClose")));
  }

  /** Forgets the target; a call that has begun runs to its end. Idempotent. */
  @Override
  public void close() {
    Seam.step();
    Open was = open.getAndSet(null);
    if (was != null) {
      was.onClose().accept(this);
    }
  }

  void call(DmaFence fence) {
    Seam.step();
    Open now = open.get();
    if (now == null) {
      return;
    }
    try {
      now.target().accept(fence);
    } catch (Throwable failure) {
      // The others that wait for this fence must be told whatever one of them does.
      LOG.error("A callback of {} failed: {}", fence.describe(), failure, failure);
    }
  }
}
