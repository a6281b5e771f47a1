package org.dmabuf.display.kms;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * The calls in which any thread changes what a display has, with all that follows from the change,
 * or takes or gives back framebuffers: what they do is the driver's, too, so it ends after them. No
 * call in it waits for fences.
 *
 * <pre>
 *   enter() ... exit()     as many at a time as there are
 *   awaitNobody()          waits for a moment with nobody inside; keeps nobody out meanwhile, as
 *                          who is inside may wait for one who is about to enter
 * </pre>
 *
 * <p>Thread-safe; a call may be made within another. Kernel counterpart: {@code drm_dev_enter()}
 * and {@code drm_dev_unplug()}.
 */
final class Inside {
  // Shared by all calls: it excludes nobody but the end.
  private final ReentrantReadWriteLock calls = new ReentrantReadWriteLock();

  /** A call begins. */
  void enter() {
    // Also past one who waits for nobody to be inside, whom a plain lock would let go first.
    if (!calls.readLock().tryLock()) {
      calls.readLock().lock();
    }
  }

  /** The call is over. */
  void exit() {
    calls.readLock().unlock();
  }

  /** Makes a call. */
  <T> T call(Supplier<T> work) {
    enter();
    try {
      return work.get();
    } finally {
      exit();
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
