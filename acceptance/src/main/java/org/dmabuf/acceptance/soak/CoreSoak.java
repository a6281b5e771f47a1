package org.dmabuf.acceptance.soak;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Random calls, legal and illegal, by eight threads on one framework, for as long as is asked.
 *
 * <pre>
 *   callers 0..7 ---&gt; {@link World}: clients, buffers, attachments, mappings, files, fences, shared by all
 *   janitor      ---&gt; completes fences that callers made and forgot, and interrupts callers at random
 *   end               everything is given back, then the books must be balanced
 * </pre>
 *
 * <p>Each caller draws from a generator of its own, seeded with the seed that is printed: the same
 * seed makes the same draws, though not the same interleaving.
 */
public final class CoreSoak {
  private static final int CALLERS = 8;
  private static final Duration END = Duration.ofSeconds(60);

  private CoreSoak() {}

  /**
   * Runs it and ends with 0 when all was well, else with 1.
   *
   * @param arguments how many seconds (120), and the seed (a random one)
   */
  public static void main(String[] arguments) throws InterruptedException {
    long seconds = arguments.length > 0 ? Long.parseLong(arguments[0]) : 120;
    long seed = arguments.length > 1 ? Long.parseLong(arguments[1]) : new Random().nextLong();
    System.out.println(CALLERS + " threads for " + seconds + " s, seed " + seed);
    List<String> faults = run(Duration.ofSeconds(seconds), seed);
    faults.forEach(System.out::println);
    System.out.println(faults.isEmpty() ? "all is well" : faults.size() + " faults, seed " + seed);
    System.exit(faults.isEmpty() ? 0 : 1);
  }

  /** Runs it; returns what was wrong. */
  static List<String> run(Duration length, long seed) throws InterruptedException {
    World world = new World();
    Random seeds = new Random(seed);
    List<Caller> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      callers.add(new Caller(world, "caller " + i, new Random(seeds.nextLong())));
    }
    Janitor janitor = new Janitor(world, callers, new Random(seeds.nextLong()));
    callers.forEach(Thread::start);
    janitor.start();
    world.stopped().await(length.toMillis(), TimeUnit.MILLISECONDS);
    world.stop();
    // The janitor goes on until the last caller has come back from its last wait.
    for (Caller caller : callers) {
      if (!caller.join(END)) {
        world.fault(caller.getName() + " did not come back from " + caller.where());
      }
    }
    janitor.end();
    if (world.faults().isEmpty()) {
      world.settle();
    }
    System.out.println(Tally.of(callers));
    return world.faults();
  }
}
