package org.dmabuf.itests.slob;

import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.handover.DeviceState;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;

/**
 * A driver that starts a thread of the framework's and one of its own, ends neither, and counts its
 * starts over its successors.
 */
public final class Loiterer implements BundleActivator {
  /** The name of its own thread. */
  public static final String OWN = "loiterer";

  /** The property of its service that holds how often it was started. */
  public static final String STARTS = "starts";

  private static final String DEVICE = "loiterer0";

  private DmaBufRegistry registry;
  private long starts;

  @Override
  public void start(BundleContext context) {
    registry = context.getService(context.getServiceReference(DmaBufRegistry.class));
    starts =
        1
            + registry.takeState(DEVICE, "counter", 1).stream()
                .mapToLong(state -> state.number(STARTS).orElseThrow())
                .findFirst()
                .orElse(0);
    context.registerService(
        Loiterer.class, this, FrameworkUtil.asDictionary(Map.of(STARTS, starts)));
    registry.threads().start("driver's", Loiterer::loiter);
    Thread.ofPlatform().daemon().name(OWN).start(Loiterer::loiter);
  }

  @Override
  public void stop(BundleContext context) {
    registry.leaveState(DEVICE, new DeviceState("counter", 1, Map.of(STARTS, starts)));
  }

  private static void loiter() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException ended) {
      Thread.currentThread().interrupt();
    }
  }
}
