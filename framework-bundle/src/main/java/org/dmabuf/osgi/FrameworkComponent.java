package org.dmabuf.osgi;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufOptions;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaClock;
import org.dmabuf.ManualClock;
import org.dmabuf.MemoryLimits;
import org.dmabuf.debug.LeakOptions;
import org.dmabuf.fault.Injection;
import org.dmabuf.limit.ClientLimits;
import org.dmabuf.limit.Limit;
import org.dmabuf.resv.ReservationService;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thin layer between OSGi and {@link DmaBufCore}: every bundle gets its own registry, which
 * ends with the bundle and not with a service reference.
 *
 * <pre>
 *   bundle event   STOPPING           STOPPED (components are deactivated by now)
 *   its client     gate closed        everything undone
 * </pre>
 */
@Component(
    service = {},
    immediate = true,
    configurationPid = "org.dmabuf.framework")
@Designate(ocd = FrameworkConfig.class)
@Capability(
    namespace = "osgi.service",
    attribute = "objectClass:List<String>=\"org.dmabuf.DmaBufRegistry\"",
    effective = "active")
@Capability(
    namespace = "osgi.service",
    attribute = "objectClass:List<String>=\"org.dmabuf.resv.ReservationService\"",
    effective = "active")
@Capability(
    namespace = "osgi.service",
    attribute = "objectClass:List<String>=\"org.dmabuf.DmaClock\"",
    effective = "active")
public final class FrameworkComponent
    implements ServiceFactory<DmaBufRegistry>, SynchronousBundleListener {
  private static final Logger LOG = LoggerFactory.getLogger(FrameworkComponent.class);

  /** Framework property: a {@link ClockKind}, for a product that is not configured yet. */
  private static final String CLOCK = "dmabuf.clock";

  /** Framework property: true to look for mistakes of drivers. */
  private static final String DEBUG = "dmabuf.debug";

  private final BundleContext context;
  private final DmaBufCore core;
  private final Map<Long, DmaBufRegistry> clients = new ConcurrentHashMap<>();
  private final Map<BundleFault, Injection> injections = new ConcurrentHashMap<>();
  private final List<ServiceRegistration<?>> registrations;
  private final NegotiatingServices negotiating;

  /** Starts the framework and offers its services. */
  @Activate
  public FrameworkComponent(BundleContext context, FrameworkConfig config) {
    this.context = context;
    MemoryLimits limits =
        MemoryLimits.ofMebibytes(config.pool_mib(), config.keep_mib(), config.client_mib());
    LeakOptions leaks = new LeakOptions(config.leaks(), config.leaks_interval(), System.nanoTime());
    DmaBufOptions options =
        DmaBufOptions.defaults()
            .withMemory(limits)
            .withPolicy(config.policy())
            .withWaitBound(Duration.ofMillis(config.wait_ms()))
            .withDrainBound(Duration.ofMillis(config.drain_ms()))
            .withLeaks(leaks)
            .withLimits(limitsOf(config))
            .withDebug(config.debug() || Boolean.parseBoolean(context.getProperty(DEBUG)));
    this.core =
        switch (clock(config)) {
          case SYSTEM -> DmaBufCore.create(options);
          case MANUAL -> DmaBufCore.create(options.withClock(new ManualClock()));
        };
    core.setFileLimit(config.files());
    context.addBundleListener(this);
    this.negotiating = new NegotiatingServices(context, core.catalog());
    // They are taken back in this order: drivers have no use for the first, so that what has, and
    // so
    // ends, finds its drivers all there.
    this.registrations =
        List.of(
            context.registerService(ReservationService.class, core.reservations(), null),
            context.registerService(DmaBufRegistry.class, this, null),
            registerClock());
  }

  /** The configuration decides; a product that has none yet is started with a property. */
  private ClockKind clock(FrameworkConfig config) {
    if (config.clock() != null) {
      return config.clock();
    }
    String property = context.getProperty(CLOCK);
    return property == null ? ClockKind.SYSTEM : ClockKind.valueOf(property);
  }

  private ServiceRegistration<?> registerClock() {
    List<String> names = new ArrayList<>(List.of(DmaClock.class.getName()));
    if (core.clock() instanceof ManualClock) {
      names.add(ManualClock.class.getName());
    }
    return context.registerService(names.toArray(String[]::new), core.clock(), null);
  }

  @Override
  public DmaBufRegistry getService(
      Bundle bundle, ServiceRegistration<DmaBufRegistry> registration) {
    return clients.computeIfAbsent(
        bundle.getBundleId(),
        id ->
            core.open(
                bundle.getSymbolicName(), bundle.getSymbolicName() + " " + bundle.getVersion()));
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void addLimits(BundleLimits own) {
    core.limit(own.bundle(), own.limits());
  }

  void removeLimits(BundleLimits own) {
    core.limit(own.bundle(), ClientLimits.NONE);
  }

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void addFault(BundleFault fault) {
    injections.put(fault, core.inject(fault.rule()));
  }

  void removeFault(BundleFault fault) {
    injections.remove(fault).close();
  }

  private static ClientLimits limitsOf(FrameworkConfig config) {
    return ClientLimits.NONE
        .with(Limit.BUFFERS, config.client_buffers())
        .with(Limit.FILES, config.client_files())
        .with(Limit.FENCES, config.client_fences())
        .with(Limit.PINNED, ClientLimits.ofMebibytes(Limit.PINNED, config.client_pinned_mib()));
  }

  @Override
  public void ungetService(
      Bundle bundle, ServiceRegistration<DmaBufRegistry> registration, DmaBufRegistry service) {
    // The client ends with its bundle: the components of one bundle share one process.
  }

  @Override
  public void bundleChanged(BundleEvent event) {
    if (event.getType() == BundleEvent.STOPPING) {
      DmaBufRegistry client = clients.get(event.getBundle().getBundleId());
      if (client != null) {
        core.leave(client);
      }
    } else if (event.getType() == BundleEvent.STOPPED) {
      DmaBufRegistry client = clients.remove(event.getBundle().getBundleId());
      if (client != null) {
        core.close(client, new BundleThreads(event.getBundle()));
      }
    }
  }

  /** Undoes what all clients still have, and frees the memory. */
  @Deactivate
  void stop() {
    registrations.forEach(each -> guarded("A service", each::unregister));
    guarded("The catalog of devices", negotiating::close);
    context.removeBundleListener(this);
    core.close();
  }

  /** What fails here must not keep the memory of buffers. */
  private static void guarded(String what, Runnable end) {
    try {
      end.run();
    } catch (RuntimeException failed) {
      LOG.error("{} could not be ended with the framework: {}", what, failed.toString());
    }
  }
}
