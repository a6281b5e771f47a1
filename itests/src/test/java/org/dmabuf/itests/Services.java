package org.dmabuf.itests;

import static org.assertj.core.api.Assertions.assertThat;

import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.util.tracker.ServiceTracker;

/** Services of the product, waited for. */
final class Services {
  private static final long BOUND_MILLIS = 20_000;

  private Services() {}

  /** Returns a service, waiting for it; it stays in use until the test's bundle stops. */
  static <S> S get(BundleContext context, Class<S> type) {
    return got(context, type.getName(), new ServiceTracker<>(context, type, null));
  }

  /** As {@link #get(BundleContext, Class)}, of those with a property. */
  static <S> S get(BundleContext context, Class<S> type, String property, String value) {
    String filter = "(&(objectClass=" + type.getName() + ")(" + property + "=" + value + "))";
    try {
      return got(
          context, filter, new ServiceTracker<S, S>(context, context.createFilter(filter), null));
    } catch (InvalidSyntaxException impossible) {
      throw new AssertionError(filter, impossible);
    }
  }

  private static <S> S got(BundleContext context, String what, ServiceTracker<S, S> tracker) {
    tracker.open();
    try {
      S service = tracker.waitForService(BOUND_MILLIS);
      assertThat(service).as("service " + what).isNotNull();
      // Taken once more than the tracker gives back.
      return context.getService(tracker.getServiceReference());
    } catch (InterruptedException stopped) {
      throw new AssertionError("The test was interrupted", stopped);
    } finally {
      tracker.close();
    }
  }
}
