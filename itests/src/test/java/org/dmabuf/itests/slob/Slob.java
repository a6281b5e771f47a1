package org.dmabuf.itests.slob;

import java.util.Map;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceCallback;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.heap.HeapDevice;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.resv.Usage;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceReference;

/**
 * A client that takes one of everything and gives nothing back. It registers the reservation and
 * the fence of its buffer, which outlive it, as a service for the test to look at.
 */
public final class Slob implements BundleActivator {
  /** The property of the service that holds the fence. */
  public static final String FENCE = "fence";

  private static final long SIZE = 8192;
  private static final int O_RDWR = 2;

  // Kept: one that is dropped ends when the collector finds it, not with its bundle.
  private FenceContext promises;

  @Override
  public void start(BundleContext context) {
    DmaBufRegistry registry = get(context, DmaBufRegistry.class);
    HeapDevice heap = get(context, HeapDevice.class);
    int fd = heap.allocate(registry.files(), SIZE, O_RDWR, 0);
    DmaBuf buffer = registry.get(fd);
    Attachment attachment = buffer.attach(DmaDevice.named("slob"));
    attachment.mapUnlocked(DmaDirection.BIDIRECTIONAL);
    buffer.mmap(0, SIZE, true);
    registry.allocate(SIZE, registry.files().account());
    promises = registry.fenceContext("slob", "promises");
    DmaFence fence = promises.create();
    FenceCallback callback = registry.callback(Slob::tell);
    fence.addCallback(callback);
    DmaResv resv = buffer.resv();
    resv.lock();
    try {
      resv.reserveFences(1);
      resv.addFence(fence, Usage.WRITE);
      buffer.vmap();
    } finally {
      resv.unlock();
    }
    // Of the framework's classes, so that who has it has nothing of this bundle.
    context.registerService(
        DmaResv.class,
        resv,
        FrameworkUtil.asDictionary(Map.of(FENCE, fence, "inode", buffer.inode())));
  }

  @Override
  public void stop(BundleContext context) {
    // Nothing: that is the point.
  }

  private static void tell(DmaFence fence) {
    throw new IllegalStateException("A callback of a bundle that has gone was called: " + fence);
  }

  private static <S> S get(BundleContext context, Class<S> type) {
    ServiceReference<S> reference = context.getServiceReference(type);
    return context.getService(reference);
  }
}
