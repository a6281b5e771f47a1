package org.dmabuf.storm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much memory the program has at a moment.
 *
 * @param heap bytes of objects that are still in use
 * @param resident bytes of the whole process, Java's heap and what is beside it; -1 where the
 *     system does not tell
 */
record MemoryUse(long heap, long resident) {
  private static final Logger LOG = LoggerFactory.getLogger(MemoryUse.class);
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String RESIDENT = "VmRSS:";
  private static final long KIB = 1024;
  private static final double MIB = 1024 * 1024;

  /** Collects garbage and looks. */
  static MemoryUse now() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return new MemoryUse(runtime.totalMemory() - runtime.freeMemory(), residentBytes());
  }

  private static long residentBytes() {
    if (!Files.isReadable(STATUS)) {
      return -1;
    }
    try {
      return Files.readAllLines(STATUS).stream()
          .filter(line -> line.startsWith(RESIDENT))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * KIB)
          .findFirst()
          .orElse(-1);
    } catch (IOException unreadable) {
      LOG.info("{} cannot be read: {}", STATUS, unreadable.getMessage());
      return -1;
    }
  }

  /** Returns it for the report, in MiB. */
  Map<String, Object> asMap() {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put("heap_mib", mib(heap));
    map.put("resident_mib", resident < 0 ? -1.0 : mib(resident));
    return map;
  }

  private static double mib(long bytes) {
    return Math.round(bytes / MIB * 10) / 10.0;
  }
}
