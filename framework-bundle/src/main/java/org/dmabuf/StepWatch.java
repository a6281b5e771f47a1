package org.dmabuf;

import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the steps of a teardown, each of which may call into a driver: one that does not
 * return is interrupted.
 *
 * <pre>
 *   steps    1 --- 2 - 3 ------------------------- 4 -
 *   looks  |         |         |         |         |      one each bound, on the product's clock
 *                      3 seen    3 again: interrupted
 *
 *   WATCHING --pause()--> PAUSED   a step with bounds of its own
 *      |    <--resume()---   |
 *      +--------close()------+---> OVER
 * </pre>
 *
 * <p>A step costs two writes, however many there are. Thread-safe; steps are those of the thread
 * that made it.
 */
final class StepWatch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(StepWatch.class);
  private static final long SHORTEST_NANOS = 1_000_000;

  private enum State {
    WATCHING,
    PAUSED,
    OVER
  }

  private final Thread thread = Thread.currentThread();
  private final DmaClock clock;
  private final long boundNanos;
  private State state = State.PAUSED; // guarded by this, as is all below
  private String step; // null between steps
  private long number;
  private long seen;
  private long interrupted; // the number of the last one that was
  private DmaClock.Timer timer;

  StepWatch(DmaClock clock, Duration bound) {
    this.clock = clock;
    this.boundNanos = Math.max(SHORTEST_NANOS, bound.toNanos());
    resume();
  }

  /** A step begins. */
  synchronized void begin(String what) {
    step = what;
    number++;
  }

  /** The step is over; an interrupt that came from here is taken back. */
  void end() {
    boolean ours;
    synchronized (this) {
      step = null;
      ours = interrupted == number;
    }
    if (ours) {
      Thread.interrupted();
    }
  }

  synchronized void pause() {
    state = State.PAUSED;
    timer.cancel();
  }

  synchronized void resume() {
    state = State.WATCHING;
    timer = clock.schedule(clock.nanos() + boundNanos, this::look);
  }

  @Override
  public synchronized void close() {
    state = State.OVER;
    timer.cancel();
  }

  private void look() {
    String late = null;
    synchronized (this) {
      if (state != State.WATCHING) {
        return;
      }
      if (step != null && seen == number && interrupted != number) {
        interrupted = number;
        late = step;
        thread.interrupt();
      }
      seen = number;
      resume();
    }
    if (late != null) {
      LOG.warn("{} does not return and is interrupted", late);
    }
  }
}
