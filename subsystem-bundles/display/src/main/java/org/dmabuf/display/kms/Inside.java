package org.dmabuf.display.kms;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * The calls in which clients' threads take or give back framebuffers: what they do is the driver's,
 * too, so it ends after them. No call in it waits for fences.
 *
 * <pre>
 *   call(), call() ... | awaitNobody(): new calls wait, until those that are inside have returned
 * </pre>
 *
 * <p>Thread-safe; a call may be made within another. Kernel counterpart: {@code drm_dev_enter()}
 * and {@code drm_dev_unplug()}.
 */
final class Inside {
  // Shared by all calls: it excludes nobody but the end.
  private final ReentrantReadWriteLock calls = new ReentrantReadWriteLock();

  /** Makes a call. */
  <T> T call(Supplier<T> work) {
    calls.readLock().lock();
    try {
      return work.get();
    } finally {
      calls.readLock().unlock();
    }
  }

  /**
   * Waits until nobody is inside, at most for a real time; false when not. Who is inside himself
   * does not wait.
   */
  boolean awaitNobody(long millis) {
    if (calls.getReadHoldCount() > 0) {
      return true;
    }
    try {
      if (!calls.writeLock().tryLock(millis, TimeUnit.MILLISECONDS)) {
        return false;
      }
      calls.writeLock().unlock();
      return true;
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
