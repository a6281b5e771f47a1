package org.dmabuf.gem;

import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * The numbers by which one open file names objects, and the two look-ups of PRIME: each dma-buf has
 * one handle, and each handle one dma-buf.
 *
 * <pre>
 *   handle   1 object   2 object   3 (free)   4 object ...       a new one gets 3; 0 is never given
 *              |                                 |
 *   shared   dma-buf 17                        dma-buf 9         with a count until the handle goes
 * </pre>
 *
 * <p>Not thread-safe: its file's monitor guards it. Kernel counterpart: {@code drm_file.object_idr}
 * and {@code struct drm_prime_file_private}.
 */
final class GemHandles {
  private final BitSet given = new BitSet();
  private final Map<Integer, GemObject> objects = new HashMap<>();
  private final Map<GemObject, Integer> uses = new HashMap<>(); // how many handles name each
  private final PrimeCache prime = new PrimeCache();

  GemHandles() {
    given.set(0);
  }

  PrimeCache prime() {
    return prime;
  }

  /** Gives an object the lowest number that is free; its reference passes to the handle. */
  int add(GemObject object) {
    int handle = given.nextClearBit(0);
    given.set(handle);
    objects.put(handle, object);
    uses.merge(object, 1, Integer::sum);
    return handle;
  }

  Optional<GemObject> find(int handle) {
    return Optional.ofNullable(objects.get(handle));
  }

  /** Whether any handle names an object. */
  boolean names(GemObject object) {
    return uses.containsKey(object);
  }

  /** Takes a number back; its reference passes to the caller. */
  Optional<GemObject> remove(int handle) {
    GemObject object = objects.remove(handle);
    if (object == null) {
      return Optional.empty();
    }
    given.clear(handle);
    uses.computeIfPresent(object, (same, count) -> count == 1 ? null : count - 1);
    return Optional.of(object);
  }

  /** Returns the lowest number that is given. */
  OptionalInt first() {
    int handle = given.nextSetBit(1);
    return handle < 0 ? OptionalInt.empty() : OptionalInt.of(handle);
  }
}
