package org.dmabuf.stress;

import org.dmabuf.Errno;
import org.dmabuf.ManualClock;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.fence.FenceContexts;
import org.jetbrains.lincheck.datastructures.Operation;

/** One fence, which is signalled, failed and asked. */
public class FenceOperations {
  private final FenceContext context = new FenceContexts(new ManualClock()).open("driver", "line");
  private final DmaFence fence = context.create();

  @Operation
  public boolean signal() {
    return context.signal(fence);
  }

  @Operation
  public boolean fail() {
    return context.fail(fence, Errno.EIO);
  }

  @Operation
  public boolean isSignaled() {
    return fence.isSignaled();
  }

  @Operation
  public String error() {
    return fence.error().map(Errno::name).orElse("none");
  }

  @Operation
  public int pending() {
    return context.pending();
  }
}
