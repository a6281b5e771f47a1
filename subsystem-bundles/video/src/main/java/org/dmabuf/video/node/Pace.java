package org.dmabuf.video.node;

/**
 * When the next frame of a stream is due.
 *
 * <pre>
 *   tick    0    1    2    3    4    5
 *   frame   0    1         |2   3    4      frame 2 came late by more than a period:
 *                 \_late_/                  tick 2 is missed and not made up for
 * </pre>
 *
 * <p>Not thread-safe: a stream's thread has it.
 */
final class Pace {
  private boolean begun;
  private long due;

  /** Makes the pace of a stream whose first frame is due at once. */
  Pace() {}

  /**
   * Returns when the next frame is due.
   *
   * @param now the time, in ns
   * @param period from frame to frame, in ns; 0 for as fast as possible
   * @return the time, in ns; not after {@code now} for at once
   */
  long next(long now, long period) {
    if (!begun || period == 0) {
      begun = true;
      due = now;
      return due;
    }
    due += period;
    long late = now - due;
    if (late >= period) {
      due = now - late % period;
    }
    return due;
  }
}
