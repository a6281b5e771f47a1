package org.dmabuf.sync;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The numbers by which one open device file names sync objects.
 *
 * <pre>
 *   1 a   2 b   3 (free)   4 a   5 (free) ...      a new one gets 3; 0 is never given
 * </pre>
 *
 * <p>Thread-safe. Kernel counterpart: {@code drm_file.syncobj_idr}.
 */
final class SyncObjHandles {
  private final BitSet given = new BitSet();
  private final Map<Integer, SyncObj> objects = new HashMap<>();

  SyncObjHandles() {
    given.set(0);
  }

  /** Gives an object the lowest number that is free, also when it has others. */
  synchronized int add(SyncObj object) {
    int handle = given.nextClearBit(0);
    given.set(handle);
    objects.put(handle, object);
    return handle;
  }

  synchronized Optional<SyncObj> find(int handle) {
    return Optional.ofNullable(objects.get(handle));
  }

  /** Takes a number back; returns whether it was given. */
  synchronized boolean remove(int handle) {
    if (objects.remove(handle) == null) {
      return false;
    }
    given.clear(handle);
    return true;
  }

  synchronized void clear() {
    objects.clear();
    given.clear();
    given.set(0);
  }
}
