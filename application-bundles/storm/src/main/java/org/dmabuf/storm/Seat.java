package org.dmabuf.storm;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.dmabuf.pipeline.trial.Successors.Jar;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkListener;
import org.osgi.framework.Version;
import org.osgi.framework.wiring.FrameworkWiring;

/**
 * A driver's bundle and what takes its place.
 *
 * <p>Used by one thread at a time.
 */
final class Seat {
  private static final long REFRESH_SECONDS = 30;

  private final BundleContext context;
  private final SeatId id;
  private final List<Jar> jars;
  private final Loaders loaders;
  private Bundle bundle; // null: absent
  private long installed;

  /**
   * Makes one.
   *
   * @param jars the versions that take turns here, one at least
   * @param bundle who is there; null when nobody is yet
   */
  Seat(BundleContext context, SeatId id, List<Jar> jars, Bundle bundle, Loaders loaders) {
    this.context = context;
    this.id = id;
    this.jars = jars;
    this.bundle = bundle;
    this.loaders = loaders;
  }

  SeatId id() {
    return id;
  }

  boolean isRunning() {
    return bundle != null && bundle.getState() == Bundle.ACTIVE;
  }

  boolean isAbsent() {
    return bundle == null;
  }

  void start() throws BundleException {
    bundle.start();
  }

  void stop() throws BundleException {
    bundle.stop(Bundle.STOP_TRANSIENT);
  }

  void update() throws BundleException, IOException {
    loaders.replaced(bundle);
    try (InputStream bytes = open(next())) {
      bundle.update(bytes);
    }
  }

  /** Has its classes loaded anew, and waits for that. */
  void refresh() throws BundleException, InterruptedException {
    loaders.replaced(bundle);
    CountDownLatch over = new CountDownLatch(1);
    FrameworkListener told = event -> over.countDown();
    context.getBundle(0).adapt(FrameworkWiring.class).refreshBundles(List.of(bundle), told);
    if (!over.await(REFRESH_SECONDS, TimeUnit.SECONDS)) {
      throw new BundleException(id + " was not refreshed within " + REFRESH_SECONDS + " s");
    }
  }

  void uninstall() throws BundleException {
    loaders.replaced(bundle);
    bundle.stop(Bundle.STOP_TRANSIENT);
    bundle.uninstall();
    bundle = null;
  }

  /** Installs the version that comes after the one that was here, and starts it. */
  void install(Version after) throws BundleException, IOException {
    Jar jar = next(after);
    try (InputStream bytes = open(jar)) {
      // A location of its own, because the framework remembers bundles by it.
      bundle = context.installBundle(jar.location() + "#" + id.place() + "-" + installed++, bytes);
    }
    bundle.start();
  }

  /** The version that is here now, or was the last. */
  Version version() {
    return bundle == null ? Version.emptyVersion : bundle.getVersion();
  }

  private Jar next() {
    return next(version());
  }

  private Jar next(Version after) {
    return jars.stream()
        .filter(jar -> jar.version().compareTo(after) > 0)
        .findFirst()
        .orElse(jars.getFirst());
  }

  private static InputStream open(Jar jar) throws IOException {
    return URI.create(jar.location()).toURL().openStream();
  }
}
