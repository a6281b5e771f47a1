package org.dmabuf.acceptance.soak;

import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * Sees that nobody waits for ever: completes fences a while after they were made, and interrupts
 * callers now and then, which an interruptible wait must survive.
 */
final class Janitor extends Thread {
  private static final int MOST_PENDING = 200;
  private static final int WAIT_MS = 2;

  private final World world;
  private final List<Caller> callers;
  private final Random random;
  private volatile boolean ends;

  Janitor(World world, List<Caller> callers, Random random) {
    super("janitor");
    setDaemon(true);
    this.world = world;
    this.callers = callers;
    this.random = random;
  }

  @Override
  public void run() {
    try {
      while (!ends) {
        Pending oldest = world.pending().poll(WAIT_MS, TimeUnit.MILLISECONDS);
        if (oldest != null) {
          oldest.complete(random);
        }
        while (world.pending().size() > MOST_PENDING) {
          world.pending().take().complete(random);
        }
        if (random.nextInt(20) == 0) {
          callers.get(random.nextInt(callers.size())).interrupt();
        }
      }
    } catch (InterruptedException ended) {
      // Only at the end, when no caller is left.
      Thread.currentThread().interrupt();
    }
  }

  /** Ends it. */
  void end() throws InterruptedException {
    ends = true;
    interrupt();
    join();
  }
}
