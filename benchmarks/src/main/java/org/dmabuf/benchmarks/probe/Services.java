package org.dmabuf.benchmarks.probe;

import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.util.tracker.ServiceTracker;

/** Services that may still be on their way. */
final class Services {
  private static final long MILLIS = 20_000;

  private final BundleContext context;

  Services(BundleContext context) {
    this.context = context;
  }

  /** What a service is used for. */
  interface Use<T> {
    void with(T service) throws InterruptedException;
  }

  /** Waits for a service that stays in use for as long as the bundle runs. */
  <T> T keep(Class<T> type, String filter) throws InterruptedException {
    return await(tracker(type, filter));
  }

  /** Waits for a service, uses it, and lets it go. */
  <T> void use(Class<T> type, String filter, Use<T> use) throws InterruptedException {
    ServiceTracker<T, T> tracker = tracker(type, filter);
    try {
      use.with(await(tracker));
    } finally {
      tracker.close();
    }
  }

  private <T> ServiceTracker<T, T> tracker(Class<T> type, String filter) {
    try {
      ServiceTracker<T, T> tracker =
          new ServiceTracker<>(
              context,
              context.createFilter("(&(objectClass=" + type.getName() + ")" + filter + ")"),
              null);
      tracker.open();
      return tracker;
    } catch (InvalidSyntaxException wrong) {
      throw new IllegalArgumentException("No filter: " + filter, wrong);
    }
  }

  private static <T> T await(ServiceTracker<T, T> tracker) throws InterruptedException {
    T service = tracker.waitForService(MILLIS);
    if (service == null) {
      throw new IllegalStateException("A service did not come within " + MILLIS + " ms");
    }
    return service;
  }
}
