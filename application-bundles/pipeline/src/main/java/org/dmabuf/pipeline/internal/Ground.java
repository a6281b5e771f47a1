package org.dmabuf.pipeline.internal;

import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.dmabuf.resv.ReservationService;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What pipelines stand on: the framework and the subsystems whose packages this bundle is wired to.
 * Pipelines need it as a service, which is taken back before one of these bundles stops; devices
 * are all there then, so each pipeline shows what it has captured before it ends.
 *
 * <pre>
 *   STANDING --a bundle below stops--> GONE --all of them run, none waits for its refresh--> STANDING
 *      pipelines end first               the pipelines that are configured start again
 * </pre>
 *
 * <p>Thread-safe.
 */
@Component(
    service = {},
    immediate = true)
@Capability(
    namespace = "osgi.service",
    attribute = "objectClass:List<String>=\"org.dmabuf.pipeline.internal.Ground\"",
    effective = "active")
public final class Ground implements SynchronousBundleListener {
  private static final Logger LOG = LoggerFactory.getLogger(Ground.class);
  private static final String OURS = "org.dmabuf";

  private final BundleContext context;
  private final Set<BundleWiring> below;
  private final AtomicReference<ServiceRegistration<Ground>> standing = new AtomicReference<>();

  /**
   * Looks what is below, and stands when that runs.
   *
   * @param reservations what the framework takes back first when it stops
   */
  @Activate
  public Ground(BundleContext context, @Reference ReservationService reservations) {
    this.context = context;
    this.below =
        context
            .getBundle()
            .adapt(BundleWiring.class)
            .getRequiredWires(PackageNamespace.PACKAGE_NAMESPACE)
            .stream()
            .filter(Ground::isOurs)
            .map(BundleWire::getProviderWiring)
            .collect(Collectors.toUnmodifiableSet());
    context.addBundleListener(this);
    stand();
  }

  private static boolean isOurs(BundleWire wire) {
    Object name = wire.getCapability().getAttributes().get(PackageNamespace.PACKAGE_NAMESPACE);
    return name instanceof String text && text.startsWith(OURS);
  }

  @Override
  public void bundleChanged(BundleEvent event) {
    Bundle changed = event.getBundle();
    if (below.stream().noneMatch(wiring -> wiring.getBundle().equals(changed))) {
      return;
    }
    if (event.getType() == BundleEvent.STOPPING) {
      LOG.info("Pipelines end, as {} stops", changed.getSymbolicName());
      goDown();
    } else {
      stand();
    }
  }

  private boolean isFirm() {
    return below.stream()
        .allMatch(
            wiring ->
                wiring.isCurrent()
                    && (wiring.getBundle().getState() & (Bundle.ACTIVE | Bundle.STARTING)) != 0);
  }

  private void stand() {
    if (standing.get() != null || !isFirm()) {
      return;
    }
    ServiceRegistration<Ground> mine = context.registerService(Ground.class, this, null);
    if (!standing.compareAndSet(null, mine)) {
      mine.unregister();
    } else if (!isFirm()) {
      // One stopped meanwhile, and found nothing to take back.
      goDown();
    }
  }

  private void goDown() {
    ServiceRegistration<Ground> mine = standing.getAndSet(null);
    if (mine != null) {
      mine.unregister();
    }
  }

  /** Ends the pipelines. */
  @Deactivate
  void stop() {
    context.removeBundleListener(this);
    goDown();
  }
}
