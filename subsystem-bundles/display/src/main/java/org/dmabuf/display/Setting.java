package org.dmabuf.display;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A mode as it was set: with its vblanks, or, when the clock runs free, with a count of its
 * commits.
 *
 * @param mode the mode, never null
 * @param vblanks since it was set; empty for a clock that runs free
 * @param commits that were done with so far, with a clock that runs free
 */
record Setting(Mode mode, Optional<VblankClock> vblanks, AtomicLong commits) {
  static Setting of(Mode mode, long now) {
    Optional<VblankClock> vblanks =
        mode.refreshMilliHz() == 0
            ? Optional.empty()
            : Optional.of(new VblankClock(now, mode.refreshMilliHz()));
    return new Setting(mode, vblanks, new AtomicLong());
  }
}
