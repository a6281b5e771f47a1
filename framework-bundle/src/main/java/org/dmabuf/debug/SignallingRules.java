package org.dmabuf.debug;

import java.util.List;
import org.dmabuf.debug.HeldLocks.Held;

/**
 * Fence signalling as a lock among the others: {@link SignallingSection}s hold it, and who waits
 * for a fence wants it.
 *
 * <pre>
 *   driver's lock --> fence signalling     a fence is waited for with the lock held
 *   fence signalling --> driver's lock     the lock is taken in a section        both: told of
 *   reservation --> fence signalling       always, as everybody may wait so:     none in a section
 *   fence signalling --> itself            a fence is waited for in a section:   told of
 * </pre>
 *
 * <p>All fences count as one, because those of one driver wait for those of others. Thread-safe.
 * Kernel counterpart: {@code dma_fence_lockdep_map}.
 */
final class SignallingRules {
  private final Object fences = new Object(); // stands for fence signalling in the graph
  private final LockGraph graph;
  private final Findings findings;

  SignallingRules(LockGraph graph, Findings findings) {
    this.graph = graph;
    this.findings = findings;
  }

  boolean isIn(LockGraph.Way way) {
    return way.leadsThrough(fences);
  }

  /** A lock is waited for in a section that began there. */
  void wanted(
      Object lock,
      LockRank rank,
      String name,
      List<StackTraceElement> here,
      List<StackTraceElement> begun) {
    if (rank == LockRank.RESERVATION) {
      findings.tell(
          Violation.Rule.SIGNALLING_CYCLE,
          name
              + " was taken where fences are signalled, and fences are waited for with reservations"
              + " held; take it outside of the section that began there",
          here,
          begun);
      return;
    }
    LockGraph.Way back = graph.add(fences, lock, here);
    if (back != null) {
      findings.tell(
          Violation.Rule.SIGNALLING_CYCLE,
          name
              + " was taken where fences are signalled, and elsewhere a fence is waited for with it"
              + " held; unlock it before that wait",
          here,
          back.place());
    }
  }

  /** A fence is waited for by a thread that holds or signals something. */
  void awaits(String what, HeldLocks locks, List<StackTraceElement> here) {
    if (locks.isSignalling()) {
      findings.tell(
          Violation.Rule.WAITED_WHILE_SIGNALLING,
          what
              + " was waited for where fences are signalled, each of which may need the others;"
              + " wait outside of the section that began there",
          here,
          locks.begun());
    }
    for (Held held : locks.held()) {
      if (held.site().rank() == LockRank.RESERVATION) {
        continue;
      }
      LockGraph.Way back = graph.add(held.lock(), fences, here);
      if (back != null) {
        findings.tell(
            Violation.Rule.SIGNALLING_CYCLE,
            what
                + " was waited for with "
                + held.site().name()
                + " held, and elsewhere that is needed where fences are signalled; unlock it"
                + " before",
            here,
            back.place());
      }
    }
  }
}
