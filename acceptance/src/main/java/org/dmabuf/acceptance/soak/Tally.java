package org.dmabuf.acceptance.soak;

import java.util.List;

/** How often each call was made, and how often it was refused. */
final class Tally {
  private Tally() {}

  /**
   * Returns a table of all callers together; one that they never or always make shows a bad mix.
   */
  static String of(List<Caller> callers) {
    List<Action> actions = callers.getFirst().actions();
    StringBuilder text = new StringBuilder("%-24s %12s %12s".formatted("call", "done", "refused"));
    for (int i = 0; i < actions.size(); i++) {
      int action = i;
      text.append(
          "%n%-24s %,12d %,12d"
              .formatted(
                  actions.get(i).name(),
                  callers.stream().mapToLong(caller -> caller.done(action)).sum(),
                  callers.stream().mapToLong(caller -> caller.refused(action)).sum()));
    }
    return text.toString();
  }
}
