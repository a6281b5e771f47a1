package org.dmabuf.benchmarks.product;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.dmabuf.launcher.LaunchedProduct;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.util.tracker.ServiceTracker;

/**
 * The headless product in this JVM, with the bundles of the benchmarks beside its own.
 *
 * <pre>
 *   product/bundles   the heap, 1.0.0 --update--> product/successors   1.0.1 --update--> 1.0.0 ...
 *   probes            probe, attacher, empty
 * </pre>
 *
 * <p>Used by one thread.
 */
final class MeasuredProduct implements AutoCloseable {
  static final String EXPORTER = "org.dmabuf.exporter.heap";
  static final String EMPTY = "org.dmabuf.benchmarks.empty";
  static final String ATTACHER = "org.dmabuf.benchmarks.attacher";

  /** The system property with the folder of the product. */
  static final String FOLDER = "dmabuf.product";

  private static final long MILLIS = 20_000;

  /** The versions of a bundle, of which one comes after the other, and the other after the one. */
  static final class Versions {
    private final Bundle bundle;
    private final List<byte[]> jars;
    private int now;

    private Versions(Bundle bundle, List<byte[]> jars) {
      this.bundle = bundle;
      this.jars = jars;
    }

    /** Updates the bundle, which runs when this returns. */
    Bundle update() throws BundleException {
      now = (now + 1) % jars.size();
      bundle.update(new ByteArrayInputStream(jars.get(now)));
      return bundle;
    }
  }

  private final Path folder;
  private final Path probes;
  private final LaunchedProduct product;

  private MeasuredProduct(Path folder, Path probes) throws InterruptedException {
    this.folder = folder;
    this.probes = probes;
    this.product =
        LaunchedProduct.start(
            folder,
            probes,
            Map.of(
                Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, MeasuredProduct.class.getPackageName()));
  }

  /** Starts it. */
  static MeasuredProduct start() throws InterruptedException {
    String folder = System.getProperty(FOLDER);
    if (folder == null) {
      throw new IllegalStateException(
          "No product is named by " + FOLDER + "; './dmabuf bench' does so");
    }
    try {
      Path jar =
          Path.of(
              MeasuredProduct.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      return new MeasuredProduct(Path.of(folder), jar.getParent().resolveSibling("probes"));
    } catch (URISyntaxException wrong) {
      throw new IllegalStateException("The jar of the benchmarks has no path", wrong);
    }
  }

  /** Returns the probe. */
  Probe probe() throws InterruptedException {
    return service(Probe.class);
  }

  /** Waits for a service that both sides know the class of. */
  <T> T service(Class<T> type) throws InterruptedException {
    BundleContext context = product.context();
    ServiceTracker<T, T> tracker = new ServiceTracker<>(context, type, null);
    tracker.open();
    try {
      T service = tracker.waitForService(MILLIS);
      if (service == null) {
        throw new IllegalStateException("There is no " + type.getName());
      }
      return service;
    } finally {
      tracker.close();
    }
  }

  /** Returns a bundle by its name. */
  Bundle bundle(String name) {
    return Arrays.stream(product.context().getBundles())
        .filter(bundle -> name.equals(bundle.getSymbolicName()))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("There is no bundle " + name));
  }

  /** Returns a bundle with the versions that there are of it. */
  Versions versions(String name) {
    Stream<Path> jars =
        Stream.of(folder.resolve("bundles"), probes, folder.resolve("successors"))
            .flatMap(MeasuredProduct::list)
            .filter(jar -> jar.getFileName().toString().contains(file(name)));
    return new Versions(bundle(name), jars.map(MeasuredProduct::read).toList());
  }

  /** How a bundle's file begins, or ends: those of the benchmarks are one module's. */
  private static String file(String name) {
    return name.equals(EMPTY) ? "-empty.jar" : name + "-";
  }

  private static Stream<Path> list(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList().stream();
    } catch (IOException refused) {
      throw new UncheckedIOException("A folder cannot be read: " + folder, refused);
    }
  }

  private static byte[] read(Path jar) {
    try {
      return Files.readAllBytes(jar);
    } catch (IOException refused) {
      throw new UncheckedIOException("A bundle cannot be read: " + jar, refused);
    }
  }

  @Override
  public void close() {
    product.close();
  }
}
