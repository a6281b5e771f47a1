package org.dmabuf.benchmarks.probe;

import org.dmabuf.benchmarks.product.Probe;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Offers the probe; what it has taken from the framework ends with the bundle. */
public final class ProbeActivator implements BundleActivator {
  @Override
  public void start(BundleContext context) {
    context.registerService(Probe.class, new ProductProbe(new Services(context)), null);
  }

  @Override
  public void stop(BundleContext context) {
    // the framework takes the service back
  }
}
