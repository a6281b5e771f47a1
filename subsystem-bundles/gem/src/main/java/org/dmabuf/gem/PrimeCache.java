package org.dmabuf.gem;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which dma-buf and which handle of one open file are the same object. Each member has a count of
 * its dma-buf, until its handle is closed.
 *
 * <p>Not thread-safe: its file's monitor guards it. Kernel counterpart: the two trees of {@code
 * struct drm_prime_file_private}.
 */
final class PrimeCache {
  private static final Logger LOG = LoggerFactory.getLogger(PrimeCache.class);

  private final Map<Long, Integer> handles = new HashMap<>(); // by the dma-buf's number
  private final Map<Integer, DmaBuf> buffers = new HashMap<>();

  /** Adds a pair; a count of the dma-buf passes to it. */
  void add(int handle, DmaBuf buffer) {
    handles.put(buffer.inode(), handle);
    buffers.put(handle, buffer);
  }

  /** Returns the handle of a dma-buf. */
  OptionalInt handleOf(DmaBuf buffer) {
    Integer handle = handles.get(buffer.inode());
    return handle == null ? OptionalInt.empty() : OptionalInt.of(handle);
  }

  /** Returns the dma-buf of a handle, whose count stays here. */
  Optional<DmaBuf> bufferOf(int handle) {
    return Optional.ofNullable(buffers.get(handle));
  }

  /** Removes a pair; its count passes to the caller. */
  Optional<DmaBuf> remove(int handle) {
    DmaBuf buffer = buffers.remove(handle);
    if (buffer != null) {
      handles.remove(buffer.inode());
    }
    return Optional.ofNullable(buffer);
  }

  /**
   * Gives a count of a dma-buf back, unless the framework has taken it back with the driver's
   * bundle.
   */
  static void drop(DmaBuf buffer) {
    try {
      buffer.close();
    } catch (DmaBufException done) {
      LOG.debug("Giving a count back: {}", done.getMessage());
    }
  }

  /** How many pairs there are. */
  int size() {
    return buffers.size();
  }
}
