package org.dmabuf.pipeline.trial;

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
 *
 * <p>Not thread-safe.
 */
public final class Leaks {
  private static final long BOUND_NANOS = 10_000_000_000L;
  private static final long STEP_NANOS = 5_000_000L;

  private final DmaBufRegistry registry;
  private final DmaClock clock;
  private final Threads threads;
  private final Holdings before;

  /**
   * Notes what is held now and which threads run, before a trial begins.
   *
   * @param registry whose product is looked at, never null
   */
  public Leaks(DmaBufRegistry registry) {
    this.registry = registry;
    this.clock = registry.clock();
    this.threads = new Threads();
    this.before = registry.holdings();
  }

  /**
   * Looks until nothing is left, for 10 s at most.
   *
   * @return the counts by name, all 0 when nothing is left; never null
   */
  public Map<String, Object> find() throws InterruptedException {
    long deadline = clock.nanos() + BOUND_NANOS;
    Map<String, Object> counts = counts();
    while (isLeft(counts) && deadline - clock.nanos() > 0) {
      clock.sleepUntil(clock.nanos() + STEP_NANOS);
      counts = counts();
    }
    return counts;
  }

  /** Returns whether any of these counts is not 0. */
  public static boolean isLeft(Map<String, Object> counts) {
    return counts.values().stream().anyMatch(count -> ((Number) count).longValue() != 0);
  }

  /** Returns the names of the threads that are left, never null. */
  public List<String> threads() {
    return threads.left();
  }

  /**
   * Collects garbage until a class loader is gone, for 10 s at most.
   *
   * @return whether it is
   */
  public boolean isCollected(WeakReference<ClassLoader> loader) throws InterruptedException {
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
