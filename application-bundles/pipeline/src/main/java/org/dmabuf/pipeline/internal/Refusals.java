package org.dmabuf.pipeline.internal;

import java.util.EnumSet;
import java.util.Set;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What devices and exporters refuse for now, such as for want of memory, is asked of them again;
 * what they refuse because it is wrong is not, nor what they have refused for too long.
 *
 * <pre>
 *   NONE --refused--> AGAIN since t --refused for a second--> TOLD --bound reached--> given up
 *    ^------------------'----------- a whole round without ----'
 * </pre>
 *
 * <p>What passes at once is nothing to tell of: a buffer that leaves the screen is pinned for a
 * moment more. Used by the pipeline's thread only.
 */
final class Refusals {
  private static final Logger LOG = LoggerFactory.getLogger(Refusals.class);

  /** How long nothing is asked again after a refusal. */
  private static final long AGAIN_NANOS = 10_000_000L;

  /** What is refused for so long is told of. */
  private static final long TOLD_NANOS = 1_000_000_000L;

  private static final Set<Errno> PASSING =
      EnumSet.of(
          Errno.EAGAIN,
          Errno.EBUSY,
          Errno.EDQUOT,
          Errno.EINTR,
          Errno.EIO,
          Errno.EMFILE,
          Errno.ENOMEM,
          Errno.ERESTARTSYS,
          Errno.ETIMEDOUT);

  private enum State {
    NONE,
    AGAIN,
    TOLD
  }

  private final String pipeline;
  private final long boundNanos;
  private State state = State.NONE;
  private long since; // unless NONE

  /**
   * Makes it.
   *
   * @param boundNanos for how long the same is asked again
   */
  Refusals(String pipeline, long boundNanos) {
    this.pipeline = pipeline;
    this.boundNanos = boundNanos;
  }

  /** Whether the same may well be granted the next time. */
  static boolean passes(DmaBufException refusal) {
    return PASSING.contains(refusal.errno());
  }

  /** Notes a refusal; returns whether it is to be asked again. */
  boolean isAgain(DmaBufException refusal, long timeNanos) {
    if (!passes(refusal)) {
      return false;
    }
    if (state == State.NONE) {
      LOG.debug("{}: {}; it is asked again", pipeline, refusal.getMessage());
      state = State.AGAIN;
      since = timeNanos;
    } else if (state == State.AGAIN && timeNanos - since >= TOLD_NANOS) {
      LOG.warn("{}: {}; it is asked again and again", pipeline, refusal.getMessage());
      state = State.TOLD;
    }
    return timeNanos - since < boundNanos;
  }

  /** A whole round had none. */
  void none() {
    state = State.NONE;
  }

  /** How long to wait for the next round at most, when otherwise it would be so long. */
  long waitNanos(long otherwise) {
    return state == State.NONE ? otherwise : Math.min(AGAIN_NANOS, otherwise);
  }
}
