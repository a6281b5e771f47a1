package org.dmabuf.itests;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Holdings;
import org.dmabuf.memory.Transfer;

/** What the product held, and which threads ran, when a test began; the same must be so again. */
final class LeakCheck {
  private final DmaBufRegistry registry;
  private final Holdings before;
  private final Set<Thread> threads;
  private final Map<Transfer, Long> moved;

  LeakCheck(DmaBufRegistry registry) {
    this.registry = registry;
    this.before = registry.holdings();
    this.threads = threads();
    this.moved = registry.meter().snapshot();
  }

  /** Waits, bounded, until all is as it was; components are deactivated on other threads. */
  void nothingIsLeft() {
    Until.holds(
        () -> registry.holdings().equals(before),
        () -> "holdings are " + before + " again; they are " + registry.holdings());
    Until.holds(() -> newThreads().isEmpty(), () -> "no new threads; there are " + newThreads());
  }

  /** Returns the bytes that were moved for a reason since the test began. */
  long moved(Transfer why) {
    return registry.meter().get(why) - moved.getOrDefault(why, 0L);
  }

  private Set<String> newThreads() {
    return threads().stream()
        .filter(thread -> !threads.contains(thread))
        .map(Thread::getName)
        .collect(Collectors.toSet());
  }

  /** Only the product's own: the container and the JDK start theirs when they like. */
  private static Set<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().contains("dmabuf"))
        .collect(Collectors.toSet());
  }
}
