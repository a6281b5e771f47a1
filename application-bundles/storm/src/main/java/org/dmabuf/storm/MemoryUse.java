package org.dmabuf.storm;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How much memory the program has at a moment.
 *
 * <pre>
 *   resident  [ heap in use | heap touched before ][ native: classes, code, stacks, buffers ... ]
 * </pre>
 *
 * @param heap bytes of objects that are still in use
 * @param beside bytes of the process that are not Java's heap; -1 where the system does not tell
 * @param resident bytes of the whole process, with all of the heap that was ever in use; -1 where
 *     the system does not tell
 */
record MemoryUse(long heap, long beside, long resident) {
  private static final double MIB = 1024 * 1024;

  /** Returns it for the report, in MiB. */
  Map<String, Object> asMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("heap_mib", mib(heap));
    map.put("native_mib", mib(beside));
    map.put("resident_mib", mib(resident));
    return map;
  }

  private static double mib(long bytes) {
    return bytes < 0 ? -1.0 : Math.round(bytes / MIB * 10) / 10.0;
  }
}
