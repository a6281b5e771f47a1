package org.dmabuf.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;

/**
 * A command was given back as soon as it was found, so that its component was deactivated and had
 * no device nodes left when it was called.
 */
final class CommandLostItsDriversTest {
  @TempDir Path folder;

  @Test
  void shouldKeepTheCommandInUseUntilTheProductIsClosed() throws Exception {
    TestProduct product = new TestProduct(folder.resolve("product"));
    TestProduct.bundle(
        product.bundles(),
        "test.counted",
        "1.0.0",
        Map.of("Bundle-Activator", Counted.class.getName(), "Import-Package", "org.osgi.framework"),
        Counted.class);
    Product description = new Product(product.folder().resolve(Product.DEFAULT));
    Path givenBack = folder.resolve("given-back");
    try (RunningProduct running =
        RunningProduct.start(
            description,
            BundleSelection.of(description),
            Map.of(Counted.GIVEN_BACK, givenBack.toString()))) {
      Optional<Object> command =
          running.awaitService("(dmabuf.command=counted)", Duration.ofSeconds(60));
      assertThat(command).isPresent();
      assertThat(givenBack).doesNotExist();
    }
    assertThat(givenBack).exists();
  }

  /** A service that makes a file when its last user gives it back. */
  public static final class Counted implements BundleActivator, ServiceFactory<Runnable> {
    static final String GIVEN_BACK = "test.given.back";
    private String file;

    @Override
    public void start(BundleContext context) {
      file = context.getProperty(GIVEN_BACK);
      context.registerService(
          Runnable.class, this, FrameworkUtil.asDictionary(Map.of("dmabuf.command", "counted")));
    }

    @Override
    public void stop(BundleContext context) {
      // the framework takes the service away
    }

    @Override
    public Runnable getService(Bundle bundle, ServiceRegistration<Runnable> registration) {
      return () -> {};
    }

    @Override
    public void ungetService(
        Bundle bundle, ServiceRegistration<Runnable> registration, Runnable service) {
      try {
        Files.createFile(Path.of(file));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
