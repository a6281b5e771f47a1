package org.dmabuf.debug;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.dmabuf.DmaClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds what clients took and never gave back, for one framework.
 *
 * <pre>
 *   a client takes --chosen--> {@link Acquisition} --dropped, or held at the end--> {@link Leak}
 *                                                                      one WARN for each place
 * </pre>
 *
 * <p>It has no thread of its own: what was dropped is found by whoever takes something next, or
 * asks for the leaks. The leaks of the last {@value #MOST} places are kept. Thread-safe.
 */
public final class LeakDetector {
  private static final Logger LOG = LoggerFactory.getLogger(LeakDetector.class);
  private static final int MOST = 256;

  private record Place(LeakKind kind, Leak.Cause cause, String client, List<?> acquired) {}

  private final LeakOptions options;
  private final LeakSampler sampler;
  private final DmaClock clock;
  private final ReferenceQueue<Object> dropped = new ReferenceQueue<>();
  private final Places places = new Places();
  private final Map<Place, Leak> found = new LinkedHashMap<>(); // guarded by itself

  /**
   * Makes a detector that has found nothing.
   *
   * @param options how much to look, never null
   * @param clock what ages are measured by, never null
   */
  public LeakDetector(LeakOptions options, DmaClock clock) {
    this.options = options;
    this.sampler = new LeakSampler(options);
    this.clock = clock;
  }

  /** Returns what notes the things of one client. */
  public LeakTracker tracker(String client) {
    return new LeakTracker(options.level() == LeakLevel.OFF ? null : this, client);
  }

  /** Returns the leaks found so far, one for each place, the oldest place first; never null. */
  public List<Leak> leaks() {
    tellOfDropped();
    synchronized (found) {
      return List.copyOf(found.values());
    }
  }

  /** Null when the thing is not chosen. */
  Acquisition acquired(LeakTracker tracker, LeakKind kind, Object thing, Object what) {
    tellOfDropped();
    if (!sampler.chooses()) {
      return null;
    }
    return new Acquisition(
        tracker, kind, thing, dropped, String.valueOf(what), clock.nanos(), places.here());
  }

  void tell(Leak leak) {
    boolean first;
    synchronized (found) {
      Place place = new Place(leak.kind(), leak.cause(), leak.client(), leak.acquired());
      Leak before = found.get(place);
      first = before == null;
      found.put(place, first ? leak : before.oneMore());
      if (found.size() > MOST) {
        found.remove(found.keySet().iterator().next());
      }
    }
    if (first) {
      LOG.warn("Leak: {}; acquired by {}", leak, leak.acquired());
    }
  }

  long nanos() {
    return clock.nanos();
  }

  private void tellOfDropped() {
    for (Reference<?> next = dropped.poll(); next != null; next = dropped.poll()) {
      if (next instanceof Acquisition acquisition) {
        acquisition.dropped();
      }
    }
  }
}
