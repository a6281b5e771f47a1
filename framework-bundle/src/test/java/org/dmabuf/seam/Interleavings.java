package org.dmabuf.seam;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Runs a scenario under many schedules, and says which one failed.
 *
 * <pre>
 *   exhaust   two tasks: every schedule, depth first, one prefix of choices after the other
 *   sample    any number: one schedule for each seed; the same seed gives the same schedule
 * </pre>
 */
public final class Interleavings {
  /** Small things made anew for each schedule: what runs, and what must hold at the end. */
  public interface Scenario {
    /** Returns what the tasks do. */
    List<Tasks.Body> tasks() throws Exception;

    /** Looks at the end, when all have ended. */
    default void check() throws Exception {}
  }

  /** Makes scenarios. */
  public interface Maker {
    /** Returns a new one. */
    Scenario make() throws Exception;
  }

  private Interleavings() {}

  /**
   * Runs all schedules of a scenario in which the turn is taken from a task that could go on at
   * most so often.
   *
   * @param most how many schedules at most; more is a failure
   * @return how many there were
   */
  public static int exhaust(int preemptions, int most, Maker maker) throws Exception {
    List<int[]> prefix = new ArrayList<>(); // choice, among
    for (int runs = 1; runs <= most; runs++) {
      Replay replay = new Replay(prefix, preemptions);
      one(maker, replay, "the choices " + text(prefix));
      prefix = replay.made;
      while (!prefix.isEmpty() && prefix.getLast()[0] + 1 >= prefix.getLast()[1]) {
        prefix.removeLast();
      }
      if (prefix.isEmpty()) {
        return runs;
      }
      prefix.getLast()[0]++;
    }
    throw new AssertionError("More than " + most + " schedules");
  }

  /** Runs one schedule for each of so many seeds, from the first on. */
  public static void sample(long first, int seeds, Maker maker) throws Exception {
    for (long seed = first; seed < first + seeds; seed++) {
      Random random = new Random(seed);
      one(maker, (among, canGoOn) -> random.nextInt(among), "seed " + seed);
    }
  }

  private static void one(Maker maker, Tasks.Choice choice, String name) throws Exception {
    Scenario scenario = maker.make();
    try {
      Tasks.run(choice, scenario.tasks());
      scenario.check();
    } catch (Throwable failed) {
      throw new AssertionError("With " + name + ": " + failed.getMessage(), failed);
    }
  }

  private static String text(List<int[]> choices) {
    StringBuilder text = new StringBuilder();
    choices.forEach(choice -> text.append(choice[0]));
    return text.toString();
  }
}
