package org.dmabuf.storm;

import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.pipeline.trial.Leaks;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;

/** The class loaders that bundles had before they were replaced. Used by one thread at a time. */
final class Loaders {
  private static final int TIDY_EACH = 64;

  private final List<WeakReference<ClassLoader>> left = new ArrayList<>();
  private long replaced;
  private long collected;

  /** A bundle is replaced now: what loads its classes is to be gone at the end. */
  void replaced(Bundle bundle) {
    BundleWiring wiring = bundle.adapt(BundleWiring.class);
    if (wiring == null) {
      return; // it was never resolved, and has no classes
    }
    left.add(new WeakReference<>(wiring.getClassLoader()));
    replaced++;
    if (replaced % TIDY_EACH == 0) {
      tidy();
    }
  }

  /** Returns how many there were. */
  long replaced() {
    return replaced;
  }

  /** Collects garbage and returns how many are gone; of one that stays it waits for no other. */
  long collected(Leaks leaks) throws InterruptedException {
    for (WeakReference<ClassLoader> loader : left) {
      if (!leaks.isCollected(loader)) {
        break;
      }
    }
    tidy();
    return collected;
  }

  private void tidy() {
    int before = left.size();
    left.removeIf(loader -> loader.get() == null);
    collected += before - left.size();
  }
}
