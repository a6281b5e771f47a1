package org.dmabuf.osgi;

import java.util.function.Predicate;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;

/**
 * Tells which threads a bundle has made: by the class loader of the thread's class, its context
 * loader, or what it runs: the outermost class of its stack that is not Java's own.
 *
 * <p>Asked while the bundle stops only; holds the bundle for that long.
 */
final class BundleThreads implements Predicate<Thread> {
  private final Bundle bundle;
  private final ClassLoader loader; // null when it has none any more

  BundleThreads(Bundle bundle) {
    this.bundle = bundle;
    BundleWiring wiring = bundle.adapt(BundleWiring.class);
    this.loader = wiring == null ? null : wiring.getClassLoader();
  }

  @Override
  public boolean test(Thread thread) {
    if (thread == Thread.currentThread() || loader == null) {
      return false;
    }
    return thread.getClass().getClassLoader() == loader
        || thread.getContextClassLoader() == loader
        || runs(thread);
  }

  private boolean runs(Thread thread) {
    StackTraceElement[] frames = thread.getStackTrace();
    for (int i = frames.length - 1; i >= 0; i--) {
      String name = frames[i].getClassName();
      if (!name.startsWith("java.") && !name.startsWith("jdk.")) {
        String outermost = name.replaceFirst("\\$.*", "").replace('.', '/') + ".class";
        return bundle.getEntry(outermost) != null;
      }
    }
    return false;
  }
}
