package org.dmabuf.itests;

import static org.assertj.core.api.Assertions.assertThat;

import org.osgi.framework.BundleContext;
import org.osgi.util.tracker.ServiceTracker;

/** Services of the product, waited for. */
final class Services {
  private static final long BOUND_MILLIS = 20_000;

  private Services() {}

  /** Returns a service, waiting for it; it stays in use until the test's bundle stops. */
  static <S> S get(BundleContext context, Class<S> type) {
    ServiceTracker<S, S> tracker = new ServiceTracker<>(context, type, null);
    tracker.open();
    try {
      S service = tracker.waitForService(BOUND_MILLIS);
      assertThat(service).as("service " + type.getName()).isNotNull();
      // Taken once more than the tracker gives back.
      return context.getService(tracker.getServiceReference());
    } catch (InterruptedException stopped) {
      throw new AssertionError("The test was interrupted", stopped);
    } finally {
      tracker.close();
    }
  }
}
