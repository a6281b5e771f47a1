package org.dmabuf.handover;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaClock;
import org.dmabuf.Errno;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The states that wait for successors.
 *
 * <pre>
 *   leave(device) --> waits --take(device)--> the successor's, and waits no longer
 *                       +----left anew-----> the new one waits
 *                       +----{@link #KEPT}-------> forgotten
 * </pre>
 *
 * <p>Thread-safe.
 */
public final class StateBook {
  /** How long a state waits, on the product's clock: a successor comes soon or is none. */
  public static final Duration KEPT = Duration.ofMinutes(1);

  /** More devices than any product has; a driver that makes up names is stopped here. */
  public static final int MOST = 1024;

  private static final Logger LOG = LoggerFactory.getLogger(StateBook.class);

  private record Entry(DeviceState state, String from, long atNanos) {}

  private final DmaClock clock;
  private final Map<String, Entry> waiting = new HashMap<>(); // guarded by this

  /** Makes one in which nothing waits. */
  public StateBook(DmaClock clock) {
    this.clock = clock;
  }

  /**
   * Leaves a state, in the place of one that waits for the same device.
   *
   * @param from who leaves it, as messages show it
   * @throws DmaBufException ENOSPC when {@link #MOST} others wait
   */
  public synchronized void leave(String device, DeviceState state, String from) {
    forgetOld();
    if (waiting.size() >= MOST && !waiting.containsKey(device)) {
      throw new DmaBufException(
          Errno.ENOSPC,
          from + " was to leave the state of " + device + ", and " + MOST + " others wait already");
    }
    waiting.put(device, new Entry(state, from, clock.nanos()));
  }

  /**
   * Takes a state, which then waits no longer.
   *
   * @param kind that the successor understands
   * @param newest version of the kind that it understands
   * @param by who takes it, as messages show it
   * @return empty when none waits, or one that the successor does not understand, which is told of
   */
  public synchronized Optional<DeviceState> take(
      String device, String kind, int newest, String by) {
    forgetOld();
    Entry found = waiting.remove(device);
    if (found == null) {
      return Optional.empty();
    }
    DeviceState state = found.state();
    if (!state.kind().equals(kind) || state.version() > newest) {
      LOG.warn(
          "{} begins {} anew: {} left {} version {}, it reads {} up to version {}",
          by,
          device,
          found.from(),
          state.kind(),
          state.version(),
          kind,
          newest);
      return Optional.empty();
    }
    LOG.info("{} takes {} over from {}", by, device, found.from());
    return Optional.of(state);
  }

  private void forgetOld() {
    long now = clock.nanos();
    waiting.values().removeIf(entry -> now - entry.atNanos() > KEPT.toNanos());
  }
}
