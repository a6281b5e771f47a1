package org.dmabuf.launcher;

import java.lang.reflect.Field;
import java.util.Map;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.SynchronousBundleListener;
import org.osgi.framework.launch.Framework;

/**
 * Has Felix forget bundles that were uninstalled.
 *
 * <p>Felix counts the uses of services by bundle, and drops a count only when the service goes, not
 * when the bundle does. So a bundle that has used a service that stays, as each driver does, is
 * kept for ever with all that was read of its jar: a product whose drivers are replaced day and
 * night grows by some 10 KiB with each. There is no call for it: the counts of a bundle that is
 * uninstalled, which nobody can use any more, are removed from where Felix has them.
 *
 * <p>Thread-safe. It keeps no bundle.
 */
final class GoneBundles implements SynchronousBundleListener {
  private final Map<?, ?> uses; // Felix's own, by bundle, of any thread

  /**
   * Makes one.
   *
   * @param framework whose bundles go, a Felix that is initialized
   * @throws IllegalStateException when it is another framework than the one that comes with the
   *     product
   */
  GoneBundles(Framework framework) {
    this.uses = (Map<?, ?>) field(field(framework, "m_registry"), "m_inUseMap");
  }

  /** UNINSTALLED comes when the bundle's services are given back, and its context is no more. */
  @Override
  public void bundleChanged(BundleEvent event) {
    if (event.getType() == BundleEvent.UNINSTALLED) {
      uses.remove(event.getBundle());
    }
  }

  private static Object field(Object owner, String name) {
    try {
      Field field = owner.getClass().getDeclaredField(name);
      field.setAccessible(true);
      return field.get(owner);
    } catch (ReflectiveOperationException | RuntimeException other) {
      throw new IllegalStateException(
          "The framework has no " + name + ": it is not the Felix of this product", other);
    }
  }
}
