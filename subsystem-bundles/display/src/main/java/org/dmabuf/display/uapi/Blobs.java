package org.dmabuf.display.uapi;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * Values of properties that are longer than a number, by number. What a property is set to is taken
 * when it is set, so a blob may go at any time.
 *
 * <p>Thread-safe. Kernel counterpart: {@code struct drm_property_blob}.
 */
final class Blobs {
  /** More than any property takes. */
  private static final int MOST_BYTES = 1 << 16;

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Blob(Object owner, byte[] bytes) {}

  private final Map<Integer, Blob> all = new ConcurrentHashMap<>();

  /** Keeps bytes under a number; EINVAL for none or too many. */
  static int checkedLength(int length) {
    if (length < 1 || length > MOST_BYTES) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A blob of "
              + Integer.toUnsignedString(length)
              + " bytes was to be made; 1 to "
              + MOST_BYTES
              + " would work");
    }
    return length;
  }

  void add(int id, Object owner, byte... bytes) {
    all.put(id, new Blob(owner, bytes));
  }

  /** Returns the bytes, empty for none of that number. */
  Optional<byte[]> find(int id) {
    return Optional.ofNullable(all.get(id)).map(Blob::bytes);
  }

  /** Takes one away; ENOENT for none, EPERM for another one's. */
  void remove(int id, Object owner) {
    Blob blob = all.get(id);
    if (blob == null || blob.owner() != owner) {
      throw new DmaBufException(
          blob == null ? Errno.ENOENT : Errno.EPERM,
          "Blob "
              + Integer.toUnsignedString(id)
              + " was to be destroyed; this open file has made none of that number");
    }
    all.remove(id);
  }

  /** Takes all of a file away. */
  void removeAll(Object owner) {
    all.values().removeIf(blob -> blob.owner() == owner);
  }
}
