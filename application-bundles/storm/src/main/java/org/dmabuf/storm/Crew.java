package org.dmabuf.storm;

import java.io.IOException;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.osgi.framework.BundleException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what the plan says, one action after the other, on a thread of its own: one that does not
 * come back is told of, and the storm ends.
 *
 * <pre>
 *   action --in time--> counted
 *          --not in 60 s--> stuck      --refused--> failed
 * </pre>
 *
 * <p>Used by one thread at a time.
 */
final class Crew implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Crew.class);
  private static final long BOUND_SECONDS = 60;

  private final Fleet fleet;
  private final Faults faults;
  private final Guests guests;
  private final Lines lines;
  private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
  private final ExecutorService thread;
  private volatile Thread worker;

  Crew(Fleet fleet, Faults faults, Guests guests, Lines lines) {
    this.fleet = fleet;
    this.faults = faults;
    this.guests = guests;
    this.lines = lines;
    this.thread =
        Executors.newSingleThreadExecutor(
            work -> {
              worker = new Thread(work, "dmabuf-storm");
              return worker;
            });
  }

  /**
   * Does an action.
   *
   * @return what went wrong; empty when nothing did
   */
  Optional<String> act(Action action) throws InterruptedException {
    action.seat().ifPresent(seat -> lines.begin(action, seat, fleet));
    Optional<String> failure = bounded("Action " + action, () -> perform(action));
    lines.done();
    counts.merge(action.kind(), 1L, Long::sum);
    return failure;
  }

  /** Takes faults and clients away and has all drivers run; returns what went wrong. */
  Optional<String> calm() throws InterruptedException {
    return bounded(
        "The calm after the storm",
        () -> {
          faults.heal();
          guests.leaveAll();
          fleet.restore();
          return "";
        });
  }

  private String perform(Action action) throws BundleException, IOException, InterruptedException {
    String more = "";
    switch (action.kind()) {
      case FAULT -> more = faults.inject(action.draw());
      case HEAL -> faults.heal();
      case ARRIVE -> guests.arrive();
      case LEAVE -> guests.leave();
      case STOP, START, UPDATE, REFRESH, UNINSTALL, INSTALL, SWAP ->
          fleet.act(action.kind(), action.seat().orElseThrow());
    }
    return more;
  }

  private Optional<String> bounded(String what, Callable<String> work) throws InterruptedException {
    LOG.info("{} begins", what);
    Future<String> done = thread.submit(work);
    try {
      LOG.info("{} is done {}", what, done.get(BOUND_SECONDS, TimeUnit.SECONDS));
      return Optional.empty();
    } catch (ExecutionException failed) {
      LOG.error("{} failed", what, failed.getCause());
      return Optional.of(what + " failed: " + failed.getCause());
    } catch (TimeoutException late) {
      LOG.error("{} does not come back; it is at {}", what, (Object) worker.getStackTrace());
      return Optional.of(what + " did not come back within " + BOUND_SECONDS + " s");
    }
  }

  /** How many drivers were taken away. */
  long swaps() {
    return counts.entrySet().stream()
        .filter(each -> each.getKey().takesAway())
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** How often each was done, for the report. */
  Map<String, Object> counts() {
    Map<String, Object> map = new LinkedHashMap<>();
    for (Kind kind : Kind.values()) {
      map.put(kind.label(), counts.getOrDefault(kind, 0L));
    }
    return map;
  }

  /** Ends the thread; waits for what it does, bounded. */
  @Override
  public void close() {
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(BOUND_SECONDS, TimeUnit.SECONDS)) {
        LOG.error("The thread of the storm does not end");
      }
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
  }
}
