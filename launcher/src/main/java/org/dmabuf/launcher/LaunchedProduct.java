package org.dmabuf.launcher;

import java.nio.file.Path;
import java.util.Map;
import org.osgi.framework.BundleContext;

/**
 * A product that runs in this JVM, for who measures it: with what the launcher itself starts it by.
 *
 * <p>Thread-safe.
 */
public final class LaunchedProduct implements AutoCloseable {
  private final RunningProduct running;

  private LaunchedProduct(RunningProduct running) {
    this.running = running;
  }

  /**
   * Starts a product.
   *
   * @param folder the product's, never null
   * @param more a folder with bundles that are added to it, never null
   * @param properties of the framework, beside the product's own; never null
   * @return the product, all of whose bundles have been told to start; never null
   * @throws InterruptedException when the thread is interrupted; then nothing runs
   * @throws IllegalStateException when the framework or a bundle does not start
   */
  public static LaunchedProduct start(Path folder, Path more, Map<String, String> properties)
      throws InterruptedException {
    Product product = new Product(folder);
    Map<String, String> all = CommandRunner.properties(product, "--quiet --nointeractive");
    all.putAll(properties);
    RunningProduct running = RunningProduct.start(product, BundleSelection.of(product, more), all);
    if (!running.startErrors().isEmpty()) {
      String why = String.join("; ", running.startErrors());
      running.close();
      throw new IllegalStateException("The product does not start: " + why);
    }
    return new LaunchedProduct(running);
  }

  /** Returns the framework's own context, never null. */
  public BundleContext context() {
    return running.context();
  }

  /** Stops it and removes what it stored. */
  @Override
  public void close() {
    running.close();
  }
}
