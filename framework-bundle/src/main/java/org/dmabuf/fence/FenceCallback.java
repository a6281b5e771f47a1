package org.dmabuf.fence;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
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

  private static final VarHandle TARGET;

  static {
    try {
      TARGET = MethodHandles.lookup().findVarHandle(FenceCallback.class, "target", Consumer.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  // Null when closed, so that neither the target nor who is told of the close is held any longer.
  private volatile Consumer<? super DmaFence> target;
  private Consumer<FenceCallback> onClose; // of the one who has taken the target

  /**
   * Makes a callback; drivers use {@code DmaBufRegistry.callback} so that it ends with their
   * bundle.
   *
   * @param target what to call, on the signalling thread and with no lock held; must be short, must
   *     not wait and must not take a reservation; never null
   * @param onClose told when this callback is closed, never null
   */
  public FenceCallback(Consumer<? super DmaFence> target, Consumer<FenceCallback> onClose) {
    this.onClose = Objects.requireNonNull(onClose, "onClose");
    this.target = Objects.requireNonNull(target, "target");
  }

  /** Forgets the target; a call that has begun runs to its end. Idempotent. */
  @Override
  public void close() {
    Seam.step();
    if (TARGET.getAndSet(this, null) != null) {
      Consumer<FenceCallback> told = onClose;
      onClose = null;
      told.accept(this);
    }
  }

  void call(DmaFence fence) {
    Seam.step();
    Consumer<? super DmaFence> now = target;
    if (now == null) {
      return;
    }
    try {
      now.accept(fence);
    } catch (Throwable failure) {
      // The others that wait for this fence must be told whatever one of them does.
      LOG.error("A callback of {} failed: {}", fence.describe(), failure, failure);
    }
  }
}
