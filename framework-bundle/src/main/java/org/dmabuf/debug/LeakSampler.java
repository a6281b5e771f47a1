package org.dmabuf.debug;

import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Chooses which things are noted. The n-th answer depends on the options and n alone, whichever
 * thread asks. Thread-safe, without a lock.
 */
final class LeakSampler {
  private final LeakOptions options;
  private final AtomicLong taken = new AtomicLong();

  LeakSampler(LeakOptions options) {
    this.options = options;
  }

  boolean chooses() {
    return switch (options.level()) {
      case OFF -> false;
      case ALL -> true;
      case SAMPLED ->
          new SplittableRandom(options.seed() + taken.incrementAndGet()).nextInt(options.interval())
              == 0;
    };
  }
}
