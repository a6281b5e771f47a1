package org.dmabuf.gem.placement;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import org.dmabuf.debug.RankedLock;

/**
 * The objects of a device in the order of their last use, so that the one goes first that nobody
 * has used for longest.
 *
 * <p>Thread-safe; nothing is called with its lock held. Kernel counterpart: {@code
 * ttm_lru_bulk_move} and the lists of a {@code ttm_resource_manager}.
 */
final class Lru {
  private final RankedLock lock;
  private final SequencedSet<PlacedObject> objects = new LinkedHashSet<>();

  /** Makes an empty one, with a lock of a driver's rank: it is taken with reservations held. */
  Lru(RankedLock lock) {
    this.lock = lock;
  }

  /** An object is used now; lists it when it was not. */
  void touch(PlacedObject object) {
    lock.lock();
    try {
      objects.addLast(object);
    } finally {
      lock.unlock();
    }
  }

  void remove(PlacedObject object) {
    lock.lock();
    try {
      objects.remove(object);
    } finally {
      lock.unlock();
    }
  }

  /** Returns those there are now, the one first that was not used for longest. */
  List<PlacedObject> oldestFirst() {
    lock.lock();
    try {
      return List.copyOf(objects);
    } finally {
      lock.unlock();
    }
  }
}
