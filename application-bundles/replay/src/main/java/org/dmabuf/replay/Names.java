package org.dmabuf.replay;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.dmabuf.CpuMapping;

/**
 * What the names of a scenario stand for. A name is bound once.
 *
 * <pre>
 *   descriptor   number --closed()--> NOT_OPEN, for the table gives the number to others
 *   mapping      stays what it is after munmap: an access to it faults
 *   buffer       inode --> the first descriptor that was bound to it
 * </pre>
 *
 * <p>Used by one thread at a time.
 */
final class Names {
  /** A number beyond every table: a descriptor that was closed, whose number is not used again. */
  static final int NOT_OPEN = 1 << 30;

  private final Map<String, Integer> descriptors = new HashMap<>();
  private final Map<String, CpuMapping> mappings = new HashMap<>();
  private final Map<Long, String> buffers = new HashMap<>();

  void bind(String name, int descriptor) {
    descriptors.put(name, descriptor);
  }

  void bind(String name, CpuMapping mapping) {
    mappings.put(name, mapping);
  }

  /**
   * Returns the name that a buffer was first bound to, or binds it to this one.
   *
   * @return empty when it was not bound before
   */
  Optional<String> firstOf(long inode, String name) {
    return Optional.ofNullable(buffers.putIfAbsent(inode, name));
  }

  /** Remembers that a descriptor was closed. */
  void closed(int descriptor) {
    descriptors.replaceAll((name, number) -> number == descriptor ? NOT_OPEN : number);
  }

  int descriptor(String name) {
    return found(descriptors.get(name), name);
  }

  CpuMapping mapping(String name) {
    return found(mappings.get(name), name);
  }

  private static <T> T found(T bound, String name) {
    if (bound == null) {
      throw new Unreplayable("nothing of that kind is bound to " + name);
    }
    return bound;
  }
}
