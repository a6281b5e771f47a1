package org.dmabuf.storm;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Measures what memory is in use, so that two figures that are taken an hour apart differ by what
 * was kept meanwhile and by nothing else. What only waits to be used again is no use:
 *
 * <ul>
 *   <li>objects that nobody has: the heap is collected first, and four times, as the serial
 *       collector closes all holes only each fourth time and counts them as used until then;
 *   <li>heap that was in use once: it stays resident, and is taken off what is native;
 *   <li>what the C library keeps of memory that was freed: it is asked to give that back.
 * </ul>
 *
 * <p>Thread-safe.
 */
final class MemoryProbe {
  private static final Logger LOG = LoggerFactory.getLogger(MemoryProbe.class);
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final String RESIDENT = "VmRSS:";
  private static final long KIB = 1024;
  private static final int COLLECTIONS = 4;

  // Of GNU's C library only; others give memory back by themselves.
  private final Optional<MethodHandle> trim = bind();

  /** Collects, and looks. */
  MemoryUse now() {
    long heap = Long.MAX_VALUE;
    Runtime runtime = Runtime.getRuntime();
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
      heap = Math.min(heap, runtime.totalMemory() - runtime.freeMemory());
    }
    giveBack();
    long resident = residentBytes();
    long beside = resident < 0 ? -1 : Math.max(0, resident - touchedHeapBytes());
    return new MemoryUse(heap, beside, resident);
  }

  /** What has been in use of the heap was written to, and is resident unless it was given back. */
  private static long touchedHeapBytes() {
    return ManagementFactory.getMemoryPoolMXBeans().stream()
        .filter(pool -> pool.getType() == MemoryType.HEAP)
        .mapToLong(MemoryProbe::touchedBytes)
        .sum();
  }

  private static long touchedBytes(MemoryPoolMXBean pool) {
    return Math.min(pool.getPeakUsage().getUsed(), pool.getUsage().getCommitted());
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

  @SuppressWarnings("restricted") // int malloc_trim(size_t)
  private static Optional<MethodHandle> bind() {
    Linker linker = Linker.nativeLinker();
    FunctionDescriptor type = FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG);
    return linker.defaultLookup().find("malloc_trim").map(at -> linker.downcallHandle(at, type));
  }

  private void giveBack() {
    if (trim.isEmpty()) {
      return;
    }
    try {
      int given = (int) trim.get().invokeExact(0L);
      LOG.debug("The C library gave {} back", given == 0 ? "nothing" : "memory");
    } catch (Throwable impossible) {
      throw new IllegalStateException("malloc_trim does not throw", impossible);
    }
  }
}
