package org.dmabuf.debug;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The violations found so far, one for each pair of places: logged once, then counted. Thread-safe.
 */
final class Findings {
  private static final Logger LOG = LoggerFactory.getLogger(LockRules.class);
  private static final int MOST = 256;

  private record Pair(Violation.Rule rule, List<?> broken, List<?> lockTaken) {}

  private final Map<Pair, Violation> found = new LinkedHashMap<>(); // guarded by itself

  /** The oldest first. */
  List<Violation> all() {
    synchronized (found) {
      return List.copyOf(found.values());
    }
  }

  void tell(
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
