package org.dmabuf.debug;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows in debug mode who holds which lock since where, and tells of rules that are broken, with
 * both places: where it happened and where the lock was taken.
 *
 * <pre>
 *   wanted --> taken: held by this thread --> released
 *     +--- order wrong, or could be for another --> {@link Violation}: one WARN for each pair of
 *                                                  places, counted
 * </pre>
 *
 * <p>It only tells: no call is refused because of it. Threads are told apart by what they hold; a
 * lock that was taken from a dead thread is forgotten with it. Thread-safe. Kernel counterpart:
 * {@code lockdep}.
 */
public final class LockRules {
  private static final Logger LOG = LoggerFactory.getLogger(LockRules.class);
  private static final int MOST = 256;

  /** Where a lock was taken; does not hold the lock. */
  private record Site(LockRank rank, String name, List<StackTraceElement> places, String thread) {}

  private record Held(Object lock, Object context, Site site) {}

  private record Pair(Violation.Rule rule, List<?> broken, List<?> lockTaken) {}

  private final Places places = new Places();

  @SuppressWarnings("ThreadLocalUsage") // one for each framework, as nothing static is shared
  private final ThreadLocal<List<Held>> mine = new ThreadLocal<>(); // null: this thread holds none

  // Who has, or had, each lock last; locks are compared by identity.
  private final Map<Object, Site> last = Collections.synchronizedMap(new WeakHashMap<>());
  private final LockGraph graph = new LockGraph();
  private final Map<Pair, Violation> found = new LinkedHashMap<>(); // guarded by itself

  /** Returns the violations found so far, one for each pair of places, the oldest first. */
  public List<Violation> violations() {
    synchronized (found) {
      return List.copyOf(found.values());
    }
  }

  /**
   * Says that this thread is going to wait for a lock until it has it, and tells if that could
   * deadlock, whether it does this time or not.
   *
   * @param lock one whose equality is its identity, never null
   * @param rank its place in the order, never null
   * @param name as messages show it, never null
   * @param context what several locks of one family are taken with, null for none
   */
  public void wanted(Object lock, LockRank rank, String name, Object context) {
    List<StackTraceElement> here = places.here();
    for (Held held : held()) {
      Site before = held.site();
      if (before.rank().compareTo(rank) > 0) {
        tell(
            Violation.Rule.LOCK_ORDER,
            "%s (%s) was taken with %s (%s) held; take it before"
                .formatted(name, rank, before.name(), before.rank()),
            here,
            before.places());
      } else if (before.rank() == rank && held.lock() != lock) {
        checkCycle(held, lock, name, context, here);
      }
    }
  }

  private void checkCycle(
      Held held, Object lock, String name, Object context, List<StackTraceElement> here) {
    if (context == null && held.context() == null) {
      List<StackTraceElement> other = graph.add(held.lock(), lock, here);
      if (other != null) {
        tell(
            Violation.Rule.LOCK_CYCLE,
            "%s was taken with %s held, and elsewhere the other way round; keep to one order"
                .formatted(name, held.site().name()),
            here,
            other);
      }
    } else if (context != held.context()) {
      tell(
          Violation.Rule.LOCK_CYCLE,
          "%s was taken %s with %s held, which has another context or none and cannot give way"
              .formatted(name, context == null ? "alone" : "with a context", held.site().name()),
          here,
          held.site().places());
    }
  }

  /**
   * Says that this thread has taken a lock.
   *
   * @param lock as in {@link #wanted}, which comes before unless it was only tried; never null
   * @param rank its place in the order, never null
   * @param name as messages show it, never null
   * @param context what it was taken with, null for none
   */
  public void taken(Object lock, LockRank rank, String name, Object context) {
    Site site = new Site(rank, name, places.here(), Thread.currentThread().getName());
    last.put(lock, site);
    if (mine.get() == null) {
      mine.set(new ArrayList<>(2));
    }
    mine.get().add(new Held(lock, context, site));
  }

  /** Says that this thread gives a lock back. */
  public void released(Object lock) {
    List<Held> held = mine.get();
    if (held != null && held.removeIf(each -> each.lock() == lock) && held.isEmpty()) {
      mine.remove();
    }
  }

  /** Tells of a call that needs a lock which this thread does not hold. */
  public void missing(Object lock, String what) {
    Site holder = last.get(lock);
    tell(
        Violation.Rule.MUST_HOLD,
        what
            + " needs the reservation and was called without it"
            + (holder == null ? "" : "; " + holder.thread() + " took it last"),
        places.here(),
        holder == null ? List.of() : holder.places());
  }

  /** Tells of a call that must be made without a lock, when this thread holds it. */
  public void checkNotHeld(Object lock, String what) {
    for (Held held : held()) {
      if (held.lock() == lock) {
        tell(
            Violation.Rule.MUST_NOT_HOLD,
            what + " was called with the reservation held; unlock it before",
            places.here(),
            held.site().places());
      }
    }
  }

  /** Tells of a call into another bundle with a queue's lock held. */
  public void checkCallOut(String what) {
    for (Held held : held()) {
      if (held.site().rank() == LockRank.QUEUE) {
        tell(
            Violation.Rule.HELD_ACROSS_CALL,
            what
                + " goes into another bundle with "
                + held.site().name()
                + " held; unlock it before",
            places.here(),
            held.site().places());
      }
    }
  }

  /** Tells of a wait for the fences of one reservation with another one held. */
  public void checkWait(Object lock) {
    for (Held held : held()) {
      if (held.site().rank() == LockRank.RESERVATION && held.lock() != lock) {
        tell(
            Violation.Rule.WAITED_WITH_ANOTHER,
            "The fences of a reservation are waited for with another one held; unlock it before",
            places.here(),
            held.site().places());
      }
    }
  }

  /** Tells of an exporter's table that is not one of whole pages. */
  public void unaligned(String what) {
    tell(Violation.Rule.UNALIGNED, what, places.here(), List.of());
  }

  private List<Held> held() {
    List<Held> held = mine.get();
    return held == null ? List.of() : held;
  }

  private void tell(
      Violation.Rule rule,
      String what,
      List<StackTraceElement> broken,
      List<StackTraceElement> lockTaken) {
    Violation now =
        new Violation(rule, what, Thread.currentThread().getName(), broken, lockTaken, 1);
    boolean first;
    synchronized (found) {
      Pair pair = new Pair(rule, broken, lockTaken);
      Violation before = found.get(pair);
      first = before == null;
      found.put(pair, first ? now : before.oneMore());
      if (found.size() > MOST) {
        found.remove(found.keySet().iterator().next());
      }
    }
    if (first) {
      LOG.warn("{}; broken by {}; taken by {}", now, broken, lockTaken);
    }
  }
}
