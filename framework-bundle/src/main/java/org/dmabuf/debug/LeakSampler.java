package org.dmabuf.debug;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Chooses which things are noted. The n-th answer depends on the options and n alone, whichever
 * thread asks. Thread-safe, without a lock.
 */
final class LeakSampler {
  private static final long STEP = 0x9e3779b97f4a7c15L;

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
          Long.remainderUnsigned(
                  mixed(options.seed() + taken.incrementAndGet() * STEP), options.interval())
              == 0;
    };
  }

  /** Every bit of the number changes about half of the result's. */
  private static long mixed(long number) {
    long half = (number ^ (number >>> 32)) * 0xd6e8feb86659fd93L;
    long more = (half ^ (half >>> 32)) * 0xd6e8feb86659fd93L;
    return more ^ (more >>> 32);
  }
}
