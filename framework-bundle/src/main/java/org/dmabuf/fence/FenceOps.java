package org.dmabuf.fence;

import org.dmabuf.debug.SignallingSection;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a driver does for the fences of its context, where its hardware needs it; each method is
 * optional. It is called on threads of other bundles with no lock held, must be short and must not
 * wait; in debug mode the first two are a {@link SignallingSection}. It is called as long as the
 * context is open and its {@link FenceContext} is in use, and never for a fence that has completed
 * before.
 *
 * <p>Kernel counterpart: {@code struct dma_fence_ops}.
 */
@ConsumerType
public interface FenceOps {

  /**
   * Somebody is going to wait: from now on the fence must complete by itself, for example by an
   * interrupt that is switched on here. Called once for a fence, before the first callback is
   * added. When it throws, the fence completes with EIO, as it would never complete by itself.
   *
   * @param fence which, never null
   * @return whether it is still pending; false completes it
   */
  default boolean enableSignaling(DmaFence fence) {
    return true;
  }

  /**
   * Somebody asks for the state of a pending fence: a look at the hardware. It must not ask the
   * fence for its state, which would ask here.
   *
   * @param fence which, never null
   * @return whether its work is done; true completes it
   */
  default boolean isSignaled(DmaFence fence) {
    return false;
  }

  /**
   * Somebody needs the fence earlier than was known: time to raise a clock rate.
   *
   * @param fence which, never null
   * @param nanos the time on the product's clock, earlier than all before
   */
  default void setDeadline(DmaFence fence, long nanos) {}
}
