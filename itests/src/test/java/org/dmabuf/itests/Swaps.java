package org.dmabuf.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.net.URI;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Version;
import org.osgi.framework.wiring.BundleWiring;

/**
 * Replaces drivers' bundles for real: stop, uninstall, install the other version, start.
 *
 * <pre>
 *   1.0.0 --swap--> 1.0.1 (the "next" jar) --swap--> 1.0.0 ...
 * </pre>
 */
final class Swaps {
  private record Left(String bundle, WeakReference<ClassLoader> loader) {}

  private final BundleContext context;
  private final List<Left> replaced = new ArrayList<>();
  private int installed;

  Swaps(BundleContext context) {
    this.context = context;
  }

  /** Replaces the bundle of a role by the other version. */
  void swap(Role role) {
    swap(role.bundle());
  }

  /** Replaces a driver's bundle by the other version. */
  void swap(String name) {
    install(name, takeAway(name));
  }

  /** Stops and uninstalls the bundle of a role; returns the version that it had. */
  Version takeAway(Role role) {
    return takeAway(role.bundle());
  }

  /** Stops and uninstalls a driver's bundle; returns the version that it had. */
  Version takeAway(String name) {
    Bundle old = bundle(name);
    Version version = old.getVersion();
    ClassLoader loader = old.adapt(BundleWiring.class).getClassLoader();
    replaced.add(new Left(old.toString(), new WeakReference<>(loader)));
    try {
      old.stop(Bundle.STOP_TRANSIENT);
      old.uninstall();
    } catch (BundleException failed) {
      throw new AssertionError(old + " could not be taken away", failed);
    }
    return version;
  }

  /** Installs and starts the version that comes after another one. */
  void install(Role role, Version after) {
    install(role.bundle(), after);
  }

  /** Installs and starts the version of a driver that comes after another one. */
  void install(String name, Version after) {
    String jar = jarAfter(name, after);
    Bundle fresh;
    try (InputStream bytes = URI.create(jar).toURL().openStream()) {
      // A location of its own, because the framework remembers bundles by it.
      fresh = context.installBundle("swap-" + installed++ + "-" + hashCode() + ":" + name, bytes);
      fresh.start();
    } catch (IOException | BundleException failed) {
      throw new AssertionError(jar + " could not be installed", failed);
    }
    assertThat(fresh.getVersion()).as("the successor's version").isNotEqualTo(after);
  }

  /** Returns the address of the jar that replaces a version of a role's bundle. */
  static String jarAfter(Role role, Version version) {
    return jarAfter(role.bundle(), version);
  }

  private static String jarAfter(String name, Version version) {
    boolean first = version.equals(new Version(1, 0, 0));
    return ProductOptions.jar(name + (first ? "-next" : ""));
  }

  /** Returns the bundle of a role that is installed now. */
  Bundle bundle(Role role) {
    return bundle(role.bundle());
  }

  /** Returns the bundle of a driver that is installed now. */
  Bundle bundle(String name) {
    List<Bundle> found =
        Arrays.stream(context.getBundles())
            .filter(bundle -> name.equals(bundle.getSymbolicName()))
            .toList();
    assertThat(found).as("bundles " + name).hasSize(1);
    return found.get(0);
  }

  /** Returns how many bundles were replaced. */
  int count() {
    return replaced.size();
  }

  /** Checks that the class loader of every bundle that was replaced can be collected. */
  void areAllCollected() {
    replaced.forEach(left -> Until.isCollected(left.loader(), left.bundle()));
    replaced.clear();
  }
}
