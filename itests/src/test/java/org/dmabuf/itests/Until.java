package org.dmabuf.itests;

import java.lang.ref.WeakReference;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Bounded waits for what no event tells, such as what a device's status says: it is looked at again
 * and again, until it is so or the time is up.
 */
final class Until {
  private static final long BOUND_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

  private Until() {}

  /** Waits until something is so; fails with a sentence when it does not come in 20 s. */
  static void holds(BooleanSupplier condition, Supplier<String> otherwise) {
    long deadline = System.nanoTime() + BOUND_NANOS;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - deadline > 0) {
        throw new AssertionError("Not so within 20 s: " + otherwise.get());
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  /** Collects garbage until a class loader is gone; fails when that does not come in 20 s. */
  static void isCollected(WeakReference<ClassLoader> loader, String whose) {
    holds(
        () -> {
          if (loader.get() != null) {
            System.gc();
          }
          return loader.get() == null;
        },
        () -> "the class loader of " + whose + " is collected; something still refers to it");
  }
}
