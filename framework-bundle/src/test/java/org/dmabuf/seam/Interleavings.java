package org.dmabuf.seam;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs a scenario under many schedules, and says which one failed.
 *
 * <pre>
 *   exhaust   two tasks: every schedule, depth first, one prefix of choices after the other
 *   sample    any number: one schedule for each seed; the same seed gives the same schedule
 * </pre>
 *
 * <p>The schedules run from a virtual thread, as their tasks do: so a change of task is hardly ever
 * a change of thread to the system, which would take most of the time.
 */
public final class Interleavings {
  /** Small things made anew for each schedule: what runs, and what must hold at the end. */
  public interface Scenario {
    /** Returns what the tasks do. */
    List<Tasks.Body> tasks() throws Exception;

    /** Returns the monitors that have steps inside, see {@link Tasks}. */
    default List<Object> monitors() {
      return List.of();
    }

    /** Looks at the end, when all have ended. */
    default void check() throws Exception {}
  }

  /** Makes scenarios. */
  public interface Maker {
    /** Returns a new one. */
    Scenario make() throws Exception;
  }

  /** What is done on the virtual thread. */
  private interface Exploration {
    int run(AtomicInteger runs);
  }

  /** Longer than any one schedule takes on any machine. */
  private static final Duration STUCK = Duration.ofSeconds(60);

  private Interleavings() {}

  /**
   * Runs all schedules of a scenario in which the turn is taken from a task that could go on at
   * most so often.
   *
   * @param most how many schedules at most; more is a failure
   * @return how many there were
   */
  public static int exhaust(int preemptions, int most, Maker maker) throws Exception {
    return explore(
        runs -> {
          List<int[]> prefix = new ArrayList<>(); // choice, among
          while (runs.get() < most) {
            Replay replay = new Replay(prefix, preemptions);
            one(maker, replay, "the choices " + text(prefix));
            runs.incrementAndGet();
            prefix = replay.made;
            while (!prefix.isEmpty() && prefix.getLast()[0] + 1 >= prefix.getLast()[1]) {
              prefix.removeLast();
            }
            if (prefix.isEmpty()) {
              return runs.get();
            }
            prefix.getLast()[0]++;
          }
          throw new AssertionError("More than " + most + " schedules");
        });
  }

  /** Runs one schedule for each of so many seeds, from the first on. */
  public static void sample(long first, int seeds, Maker maker) throws Exception {
    explore(
        runs -> {
          for (long seed = first; seed < first + seeds; seed++) {
            Random random = new Random(seed);
            one(maker, (among, canGoOn) -> random.nextInt(among), "seed " + seed);
            runs.incrementAndGet();
          }
          return seeds;
        });
  }

  private static int explore(Exploration exploration) throws InterruptedException {
    AtomicInteger runs = new AtomicInteger();
    int[] returned = {0};
    Throwable[] failed = {null};
    Thread explorer =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    returned[0] = exploration.run(runs);
                  } catch (Throwable thrown) {
                    failed[0] = thrown;
                  }
                });
    for (int before = -1; !explorer.join(STUCK); before = runs.get()) {
      if (before == runs.get()) {
        throw Tasks.blocked();
      }
    }
    if (failed[0] instanceof Error error) {
      throw error;
    }
    return returned[0];
  }

  private static void one(Maker maker, Tasks.Choice choice, String name) {
    try {
      Scenario scenario = maker.make();
      Tasks.run(choice, scenario.tasks(), scenario.monitors());
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
