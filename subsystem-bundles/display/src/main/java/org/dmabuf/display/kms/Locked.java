package org.dmabuf.display.kms;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;
import org.dmabuf.debug.RankedLock;

/**
 * The one lock of a display's state. Nothing is called with it held: what follows from a change is
 * put on a list, and done when the lock is free again, in that order.
 *
 * <p>Kernel counterpart: {@code drm_device.mode_config.connection_mutex} and the like.
 */
final class Locked {
  private final RankedLock lock;
  private final Inside inside;
  private final AtomicReference<List<Runnable>> spare = new AtomicReference<>(); // an empty one

  /**
   * Makes one.
   *
   * @param inside where each change is until what follows from it is done, too
   */
  Locked(RankedLock lock, Inside inside) {
    this.lock = lock;
    this.inside = inside;
  }

  /** Looks at the state only, so that nothing follows. */
  <T> T look(Supplier<T> look) {
    lock.lock();
    try {
      return look.get();
    } finally {
      lock.unlock();
    }
  }

  /** Changes the state, then does what follows, also when the change was refused half way. */
  <T> T change(Function<List<Runnable>, T> change) {
    inside.enter();
    try {
      return changeInside(change);
    } finally {
      inside.exit();
    }
  }

  private <T> T changeInside(Function<List<Runnable>, T> change) {
    List<Runnable> after = spare.getAndSet(null);
    if (after == null) {
      after = new ArrayList<>();
    }
    try {
      lock.lock();
      try {
        return change.apply(after);
      } finally {
        lock.unlock();
      }
    } finally {
      try {
        for (int i = 0; i < after.size(); i++) {
          after.get(i).run();
        }
      } finally {
        after.clear();
        spare.set(after);
      }
    }
  }
}
