package org.dmabuf.demo;

import java.lang.ref.WeakReference;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaClock;
import org.dmabuf.Holdings;

/**
 * What a run left behind, looked for after everything was taken down. Components are deactivated on
 * threads of Configuration Admin, so it looks again until nothing is left or the time is up.
 */
final class Leaks {
  private static final long BOUND_NANOS = 10_000_000_000L;
  private static final long STEP_NANOS = 5_000_000L;

  private final DmaBufRegistry registry;
  private final DmaClock clock;
  private final Threads threads;
  private final Holdings before;

  Leaks(DmaBufRegistry registry, Threads threads) {
    this.registry = registry;
    this.clock = registry.clock();
    this.threads = threads;
    this.before = registry.holdings();
  }

  /** Returns the counts by name, all 0 when nothing is left. */
  Map<String, Object> find() throws InterruptedException {
    long deadline = clock.nanos() + BOUND_NANOS;
    Map<String, Object> counts = counts();
    while (isLeft(counts) && deadline - clock.nanos() > 0) {
      clock.sleepUntil(clock.nanos() + STEP_NANOS);
      counts = counts();
    }
    return counts;
  }

  static boolean isLeft(Map<String, Object> counts) {
    return counts.values().stream().anyMatch(count -> ((Number) count).longValue() != 0);
  }

  /** Returns the names of the threads that are left. */
  List<String> threads() {
    return threads.left();
  }

  /** Returns whether a class loader is collected, after as many collections as that needs. */
  boolean isCollected(WeakReference<ClassLoader> loader) throws InterruptedException {
    long deadline = clock.nanos() + BOUND_NANOS;
    while (loader.get() != null && deadline - clock.nanos() > 0) {
      System.gc();
      if (loader.get() != null) {
        // What the collector found is cleared by its reference thread, a moment later.
        clock.sleepUntil(clock.nanos() + STEP_NANOS);
      }
    }
    return loader.get() == null;
  }

  private Map<String, Object> counts() {
    Holdings now = registry.holdings();
    Map<String, Object> counts = new LinkedHashMap<>();
    counts.put("buffers", now.buffers() - before.buffers());
    counts.put("attachments", now.attachments() - before.attachments());
    counts.put("mappings", now.mappings() - before.mappings());
    counts.put("fences", now.fences() - before.fences());
    counts.put("files", now.files() - before.files());
    counts.put("threads", threads.left().size());
    return counts;
  }
}
