package org.dmabuf.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/**
 * A storm's heap grew by some 10 KiB with each bundle that was uninstalled, as the framework kept
 * each that had used a service.
 */
final class UninstalledBundleStayedTest {
  private static final Duration BOUND = Duration.ofSeconds(20);

  @TempDir Path folder;

  @Test
  void shouldForgetABundleThatHasUsedAServiceThatStays() throws Exception {
    TestProduct product = new TestProduct(folder.resolve("product"));
    Path jar =
        TestProduct.bundle(
            folder,
            "test.user",
            "1.0.0",
            Map.of(
                "Bundle-Activator", User.class.getName(), "Import-Package", "org.osgi.framework"),
            User.class);
    Product description = new Product(product.folder().resolve(Product.DEFAULT));
    try (RunningProduct running =
        RunningProduct.start(description, BundleSelection.of(description), Map.of())) {
      running.context().registerService(Runnable.class, () -> {}, null);
      WeakReference<Bundle> gone = comesAndGoes(running.context(), jar);
      assertThat(isCollected(gone)).isTrue();
    }
  }

  private static WeakReference<Bundle> comesAndGoes(BundleContext context, Path jar)
      throws BundleException {
    Bundle bundle = context.installBundle(jar.toUri().toString());
    bundle.start();
    assertThat(bundle.getServicesInUse()).hasSize(1);
    bundle.uninstall();
    return new WeakReference<>(bundle);
  }

  /** The framework tells of bundles on a thread of its own, which may have it for a moment. */
  private static boolean isCollected(WeakReference<Bundle> gone) {
    long deadline = System.nanoTime() + BOUND.toNanos();
    while (gone.get() != null && deadline - System.nanoTime() > 0) {
      System.gc();
      Thread.onSpinWait();
    }
    return gone.get() == null;
  }

  /** Uses a service that stays when it goes. */
  public static final class User implements BundleActivator {
    @Override
    public void start(BundleContext context) {
      context.getService(context.getServiceReference(Runnable.class));
    }

    @Override
    public void stop(BundleContext context) {
      // gives nothing back: the framework does
    }
  }
}
