package org.dmabuf.demo;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URI;
import org.dmabuf.pipeline.Pipeline;
import org.dmabuf.pipeline.trial.Successors;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Filter;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.util.tracker.ServiceTracker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Replaces the bundle of a driver under a running pipeline.
 *
 * <pre>
 *   loader noted -> stop -> uninstall -> install the successor -> start -> frames go on
 * </pre>
 */
final class Swapper {
  private static final Logger LOG = LoggerFactory.getLogger(Swapper.class);

  private static final long SERVICE_MILLIS = 10_000;

  private final BundleContext context;
  private final Successors successors;
  private final Monitor monitor;
  private final int buffers;

  Swapper(BundleContext context, Successors successors, Monitor monitor, int buffers) {
    this.context = context;
    this.successors = successors;
    this.monitor = monitor;
    this.buffers = buffers;
  }

  /**
   * Swaps now.
   *
   * @param swap what
   * @param filter which of the role's services, as the pipeline finds it
   * @param pipeline held back at this frame; lets frames go on once the swap has begun
   * @param allowed up to which frame they may go on
   */
  SwapRecord swap(SwapPlan.Swap swap, String filter, Pipeline pipeline, long allowed)
      throws InterruptedException {
    Bundle old = driver(swap.role(), filter);
    Successors.Jar successor = successors.of(old);
    WeakReference<ClassLoader> loader =
        new WeakReference<>(old.adapt(BundleWiring.class).getClassLoader());
    long at = monitor.displayed();
    String name = old.getSymbolicName();
    String from = old.getVersion().toString();
    LOG.info("At frame {} {} {} is replaced by {}", at, name, from, successor.version());
    Monitor.Pause pause = monitor.beginPause();
    try {
      pipeline.allow(allowed);
      old.stop(Bundle.STOP_TRANSIENT);
      old.uninstall();
      try (var jar = URI.create(successor.location()).toURL().openStream()) {
        // A location of its own, because the framework remembers bundles by it.
        String location = successor.location() + "#swap-at-" + at;
        context.installBundle(location, jar).start();
      }
    } catch (BundleException | IOException failed) {
      throw new IllegalStateException(
          "The swap of " + name + " " + from + " to " + successor.version() + " failed: " + failed,
          failed);
    }
    // As many frames as there are buffers may still be the predecessor's.
    pause.endAt(monitor.displayed() + buffers + 1);
    return new SwapRecord(
        swap.role(), name, from, successor.version().toString(), at, pause, loader);
  }

  /** The bundle that does a role now; a successor's service may still be on its way. */
  private Bundle driver(Role role, String filter) throws InterruptedException {
    ServiceTracker<Object, ServiceReference<Object>> tracker =
        new ServiceTracker<>(context, services(role, filter), null) {
          @Override
          public ServiceReference<Object> addingService(ServiceReference<Object> reference) {
            return reference; // whose bundle is all that is wanted
          }
        };
    tracker.open();
    try {
      ServiceReference<Object> found = tracker.waitForService(SERVICE_MILLIS);
      Bundle bundle = found == null ? null : found.getBundle();
      if (bundle == null) {
        throw new IllegalStateException("No " + role.label() + " " + filter + " is there to swap");
      }
      return bundle;
    } finally {
      tracker.close();
    }
  }

  private Filter services(Role role, String filter) {
    try {
      return context.createFilter("(&(objectClass=" + role.service() + ")" + filter + ")");
    } catch (InvalidSyntaxException wrong) {
      throw new IllegalStateException("The filter " + filter + " of a role is wrong", wrong);
    }
  }
}
