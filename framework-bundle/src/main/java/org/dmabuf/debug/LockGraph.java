package org.dmabuf.debug;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * Which locks were ever waited for with which others held: a way round in it is a deadlock that
 * only needs the right moment. Fence signalling is in it like a lock: who waits for a fence waits
 * for it, and what is taken where fences are signalled is taken with it held.
 *
 * <pre>
 *   held --> wanted        A --> B --> C
 *                          ^___________|   found when somebody wants A with C held
 * </pre>
 *
 * <p>Locks are known by identity and held weakly. Thread-safe.
 */
final class LockGraph {
  /**
   * A way back from what is wanted to what is held.
   *
   * @param place where its first step was taken
   * @param locks that it goes through, both ends included
   */
  record Way(List<StackTraceElement> place, List<Object> locks) {
    boolean leadsThrough(Object lock) {
      return locks.stream().anyMatch(each -> each == lock);
    }
  }

  private final Map<Object, Map<Object, List<StackTraceElement>>> wanted = new WeakHashMap<>();

  /**
   * Notes that a lock is waited for with another one held.
   *
   * @return a shortest way back; null when there is none
   */
  synchronized Way add(Object held, Object lock, List<StackTraceElement> here) {
    wanted.computeIfAbsent(held, one -> new WeakHashMap<>()).putIfAbsent(lock, here);
    IdentityHashMap<Object, Object> cameFrom = new IdentityHashMap<>();
    Deque<Object> left = new ArrayDeque<>(List.of(lock));
    while (!left.isEmpty()) {
      Object at = left.remove();
      for (Object next : from(at).keySet()) {
        if (cameFrom.putIfAbsent(next, at) == null) {
          left.add(next);
        }
      }
    }
    return cameFrom.containsKey(held) ? way(lock, held, cameFrom) : null;
  }

  private Way way(Object from, Object to, IdentityHashMap<Object, Object> cameFrom) {
    List<Object> locks = new ArrayList<>(List.of(to));
    while (locks.getFirst() != from) {
      locks.addFirst(cameFrom.get(locks.getFirst()));
    }
    return new Way(from(from).get(locks.get(1)), locks);
  }

  private Map<Object, List<StackTraceElement>> from(Object lock) {
    return wanted.getOrDefault(lock, Map.of());
  }
}
