package org.dmabuf.debug;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.dmabuf.debug.HeldLocks.Held;
import org.dmabuf.debug.HeldLocks.Site;

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
  private final Places places = new Places();
  private final Findings findings = new Findings();
  private final SignallingSection section = new SignallingSection(this);

  @SuppressWarnings("ThreadLocalUsage") // one for each framework, as nothing static is shared
  private final ThreadLocal<HeldLocks> mine = new ThreadLocal<>(); // null: this thread holds none

  // Who has, or had, each lock last; locks are compared by identity.
  private final Map<Object, Site> last = Collections.synchronizedMap(new WeakHashMap<>());
  private final LockGraph graph = new LockGraph();
  private final SignallingRules signalling = new SignallingRules(graph, findings);

  /** Returns the violations found so far, one for each pair of places, the oldest first. */
  public List<Violation> violations() {
    return findings.all();
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
    HeldLocks locks = mine.get();
    if (locks == null) {
      return;
    }
    List<StackTraceElement> here = places.here();
    if (locks.isSignalling()) {
      signalling.wanted(lock, rank, name, here, locks.begun());
    }
    for (Held held : locks.held()) {
      Site before = held.site();
      if (before.rank().compareTo(rank) > 0) {
        findings.tell(
            Violation.Rule.LOCK_ORDER,
            "%s (%s) was taken with %s (%s) held; take it before"
                .formatted(name, rank, before.name(), before.rank()),
            here,
            before.places());
      } else if (held.lock() != lock) {
        checkCycle(held, lock, rank, name, context, here);
      }
    }
  }

  /** The ranks are in order, which leaves those of one rank, and fence signalling among them. */
  private void checkCycle(
      Held held,
      Object lock,
      LockRank rank,
      String name,
      Object context,
      List<StackTraceElement> here) {
    Site before = held.site();
    if (before.rank() == LockRank.RESERVATION && rank != before.rank()) {
      return; // no way leads back to one: whoever takes it with a driver's lock is told of
    }
    if (context == null && held.context() == null) {
      LockGraph.Way back = graph.add(held.lock(), lock, here);
      if (back == null) {
        return;
      }
      boolean fences = signalling.isIn(back);
      findings.tell(
          fences ? Violation.Rule.SIGNALLING_CYCLE : Violation.Rule.LOCK_CYCLE,
          "%s was taken with %s held, and elsewhere %s; keep to one order"
              .formatted(
                  name,
                  before.name(),
                  fences
                      ? "the one is held in a wait for a fence, the other needed to signal one"
                      : "the other way round"),
          here,
          back.place());
    } else if (context != held.context()) {
      findings.tell(
          Violation.Rule.LOCK_CYCLE,
          "%s was taken %s with %s held, which has another context or none and cannot give way"
              .formatted(name, context == null ? "alone" : "with a context", before.name()),
          here,
          before.places());
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
    made().held().add(new Held(lock, context, site));
  }

  /** Says that this thread gives a lock back. */
  public void released(Object lock) {
    HeldLocks locks = mine.get();
    if (locks != null && locks.held().removeIf(each -> each.lock() == lock)) {
      forget(locks);
    }
  }

  /** Begins a section of this thread that fences need in order to complete; never null. */
  public SignallingSection signalling() {
    made().begin(places.here());
    return section;
  }

  void signalled() {
    HeldLocks locks = mine.get();
    if (locks != null) {
      locks.end();
      forget(locks);
    }
  }

  /**
   * Says that this thread is going to wait for a fence, and tells if that could deadlock, whether
   * the fence has completed already or not.
   *
   * @param what as messages show it, never null
   */
  public void awaits(String what) {
    HeldLocks locks = mine.get();
    if (locks == null) {
      return;
    }
    signalling.awaits(what, locks, places.here());
  }

  /**
   * As {@link #awaits}, of the end of a fence's callbacks. A callback may wait so for its own
   * fence, where it returns at once: so nothing is told of where fences are signalled.
   */
  public void awaitsCallbacks(String what) {
    HeldLocks locks = mine.get();
    if (locks != null && !locks.isSignalling()) {
      signalling.awaits(what, locks, places.here());
    }
  }

  /** Tells of a call that needs a lock which this thread does not hold. */
  public void missing(Object lock, String what) {
    Site holder = last.get(lock);
    findings.tell(
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
        findings.tell(
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
        findings.tell(
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
        findings.tell(
            Violation.Rule.WAITED_WITH_ANOTHER,
            "The fences of a reservation are waited for with another one held; unlock it before",
            places.here(),
            held.site().places());
      }
    }
  }

  /** Tells of an exporter's table that is not one of whole pages. */
  public void unaligned(String what) {
    findings.tell(Violation.Rule.UNALIGNED, what, places.here(), List.of());
  }

  private List<Held> held() {
    HeldLocks locks = mine.get();
    return locks == null ? List.of() : locks.held();
  }

  private HeldLocks made() {
    HeldLocks locks = mine.get();
    if (locks == null) {
      locks = new HeldLocks();
      mine.set(locks);
    }
    return locks;
  }

  private void forget(HeldLocks locks) {
    if (locks.isEmpty()) {
      mine.remove();
    }
  }
}
