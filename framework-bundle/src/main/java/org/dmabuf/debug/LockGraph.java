package org.dmabuf.debug;

import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.WeakHashMap;

/**
 * Which locks were ever waited for with which others held: a way round in it is a deadlock that
 * only needs the right moment.
 *
 * <pre>
 *   held --> wanted        A --> B --> C
 *                          ^___________|   found when somebody wants A with C held
 * </pre>
 *
 * <p>Locks are known by identity and held weakly. Thread-safe.
 */
final class LockGraph {
  private final Map<Object, Map<Object, List<StackTraceElement>>> wanted = new WeakHashMap<>();

  /**
   * Notes that a lock is waited for with another one held.
   *
   * @return where the first step of the way back was taken; null when there is none
   */
  synchronized List<StackTraceElement> add(Object held, Object lock, List<StackTraceElement> here) {
    wanted.computeIfAbsent(held, one -> new WeakHashMap<>()).putIfAbsent(lock, here);
    Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Map.Entry<Object, List<StackTraceElement>> first : from(lock).entrySet()) {
      if (leads(first.getKey(), held, seen)) {
        return first.getValue();
      }
    }
    return null;
  }

  private boolean leads(Object from, Object to, Set<Object> seen) {
    Deque<Object> left = new ArrayDeque<>(List.of(from));
    while (!left.isEmpty()) {
      Object next = left.remove();
      if (next == to) {
        return true;
      }
      if (seen.add(next)) {
        left.addAll(from(next).keySet());
      }
    }
    return false;
  }

  private Map<Object, List<StackTraceElement>> from(Object lock) {
    return wanted.getOrDefault(lock, Map.of());
  }
}
