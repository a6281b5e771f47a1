package org.dmabuf.gem;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * Where in the file of a device each object can be mapped. The offsets mean nothing else.
 *
 * <pre>
 *   0 ....... 4 GiB [ object ][ object ] (free) [ object ] ....... 1028 GiB
 * </pre>
 *
 * <p>An object keeps its place for as long as it lives. Thread-safe. Kernel counterpart: {@code
 * drm_vma_manager.c}.
 */
final class FakeOffsets {
  private static final long FIRST = 1L << 32;
  private static final long SPACE = 1L << 40;

  private record Place(GemObject object, long end) {}

  private final TreeMap<Long, Place> places = new TreeMap<>();
  private final Map<GemObject, Long> offsets = new HashMap<>();
  private final long end;

  FakeOffsets() {
    this(SPACE);
  }

  /** Makes an empty space of so many bytes. */
  FakeOffsets(long bytes) {
    this.end = FIRST + bytes;
  }

  /**
   * Returns the offset of an object, which gets one when it has none: behind all others, or, when
   * there is no room any more, in the first gap where it fits.
   *
   * @throws DmaBufException ENOSPC when there is no room
   */
  synchronized long of(GemObject object) {
    Long known = offsets.get(object);
    if (known != null) {
      return known;
    }
    long at = places.isEmpty() ? FIRST : places.lastEntry().getValue().end();
    if (object.size() > end - at) {
      at = firstGap(object.size());
    }
    if (object.size() > end - at) {
      throw new DmaBufException(
          Errno.ENOSPC,
          object + " finds no room among the offsets of " + places.size() + " others; close some");
    }
    places.put(at, new Place(object, at + object.size()));
    offsets.put(object, at);
    return at;
  }

  /** Returns where the first gap of so many bytes is, which may be behind all. */
  private long firstGap(long bytes) {
    long at = FIRST;
    for (Map.Entry<Long, Place> next : places.entrySet()) {
      if (next.getKey() - at >= bytes) {
        return at;
      }
      at = next.getValue().end();
    }
    return at;
  }

  /** Returns the object that begins there and has so many bytes or more. */
  synchronized Optional<GemObject> find(long offset, long length) {
    Place place = places.get(offset);
    return place == null || length > place.end() - offset
        ? Optional.empty()
        : Optional.of(place.object());
  }

  /** Takes an object's place back; does nothing when it has none. */
  synchronized void remove(GemObject object) {
    Long offset = offsets.remove(object);
    if (offset != null) {
      places.remove(offset);
    }
  }
}
