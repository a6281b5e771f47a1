package org.dmabuf.acceptance.soak;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.dmabuf.Errno;

/** How often each call was made, and how often it was refused. */
final class Tally {
  private Tally() {}

  /**
   * Returns a table of all callers together; one that they never or always make shows a bad mix.
   */
  static String of(List<Caller> callers) {
    List<Action> actions = callers.getFirst().actions();
    StringBuilder text = new StringBuilder("%-20s %12s %12s".formatted("call", "done", "refused"));
    for (int i = 0; i < actions.size(); i++) {
      int action = i;
      text.append(
          "%n%-20s %,12d %,12d  %s"
              .formatted(
                  actions.get(i).name(),
                  callers.stream().mapToLong(caller -> caller.done(action)).sum(),
                  callers.stream().mapToLong(caller -> caller.refused(action)).sum(),
                  reasons(callers, action)));
    }
    return text.toString();
  }

  private static Map<Errno, Long> reasons(List<Caller> callers, int action) {
    Map<Errno, Long> reasons = new EnumMap<>(Errno.class);
    for (Caller caller : callers) {
      caller.reasons(action).forEach((errno, count) -> reasons.merge(errno, count, Long::sum));
    }
    return reasons;
  }
}
