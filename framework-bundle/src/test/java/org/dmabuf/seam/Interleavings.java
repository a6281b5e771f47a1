package org.dmabuf.seam;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Runs a scenario under many schedules, and says which one failed.
 *
 * <pre>
 *   exhaust   two tasks: every schedule, depth first, one prefix of choices after the other
 *   sample    any number: one schedule for each seed; the same seed gives the same schedule
 * </pre>
 *
 * <p>How far it goes: all schedules in which the turn is taken away at most {@code
 * -Ddmabuf.preemptions} times (2), and once more each time as long as those were few; {@code
 * -Ddmabuf.schedules} (100) says what is few, so that a large number means all there are. {@code
 * -Ddmabuf.seeds} (10) says how often who is next is chosen by a seed, and {@code -Ddmabuf.seed}
 * which is the first, so that one that failed is run again.
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

  /**
   * What was run.
   *
   * @param schedules how many
   * @param complete whether there are no others
   */
  public record Coverage(int schedules, boolean complete) {}

  /** What is done on the virtual thread. */
  private interface Exploration<T> {
    T run(AtomicInteger runs);
  }

  private static final int PREEMPTIONS = Integer.getInteger("dmabuf.preemptions", 2);
  private static final int FEW = Integer.getInteger("dmabuf.schedules", 100);
  private static final int SEEDS = Integer.getInteger("dmabuf.seeds", 10);
  private static final long FIRST_SEED = Long.getLong("dmabuf.seed", 1);

  /** Longer than any one schedule takes on any machine. */
  private static final Duration STUCK = Duration.ofSeconds(20);

  private Interleavings() {}

  /** Runs a scenario of two tasks as far as the properties say, then by seed. */
  public static Coverage check(Maker maker) throws Exception {
    int preemptions = PREEMPTIONS;
    Coverage coverage = exhaust(preemptions, maker);
    while (!coverage.complete() && coverage.schedules() <= FEW) {
      coverage = exhaust(++preemptions, maker);
    }
    sample(maker);
    return coverage;
  }

  /** Runs a scenario of any number of tasks by as many seeds as the properties say. */
  public static void sample(Maker maker) throws Exception {
    sample(FIRST_SEED, SEEDS, maker);
  }

  /**
   * Runs all schedules of a scenario in which the turn is taken from a task that could go on at
   * most so often.
   */
  public static Coverage exhaust(int preemptions, Maker maker) throws Exception {
    return explore(
        runs -> {
          List<int[]> prefix = new ArrayList<>(); // choice, among
          boolean complete = true;
          while (true) {
            Replay replay = new Replay(prefix, preemptions);
            one(maker, replay, "the choices " + text(prefix));
            complete &= !replay.wasBound();
            runs.incrementAndGet();
            prefix = replay.made;
            while (!prefix.isEmpty() && prefix.getLast()[0] + 1 >= prefix.getLast()[1]) {
              prefix.removeLast();
            }
            if (prefix.isEmpty()) {
              return new Coverage(runs.get(), complete);
            }
            prefix.getLast()[0]++;
          }
        });
  }

  /** Runs one schedule for each of so many seeds, from the first on. */
  public static void sample(long first, int seeds, Maker maker) throws Exception {
    explore(
        runs -> {
          for (long seed = first; seed < first + seeds; seed++) {
            Random random = new Random(seed);
            one(
                maker,
                (among, canGoOn) -> random.nextInt(among),
                "seed " + seed + " (-Ddmabuf.seeds=1 -Ddmabuf.seed=" + seed + ")");
            runs.incrementAndGet();
          }
          return null;
        });
  }

  /**
   * Runs a scenario by its name, as {@link PlantedBug} does in classes that were loaded anew.
   *
   * @param makers the class with a static {@code maker(String)}
   */
  public static void run(String makers, String name, int preemptions, int seeds) throws Exception {
    Object maker = Class.forName(makers).getMethod("maker", String.class).invoke(null, name);
    if (preemptions > 0) {
      exhaust(preemptions, (Maker) maker);
    }
    sample(1, seeds, (Maker) maker);
  }

  private static <T> T explore(Exploration<T> exploration) throws InterruptedException {
    AtomicInteger runs = new AtomicInteger();
    AtomicReference<T> returned = new AtomicReference<>();
    Throwable[] failed = {null};
    Thread explorer =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    returned.set(exploration.run(runs));
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
    return returned.get();
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
