package org.dmabuf.seam;

import java.util.concurrent.locks.LockSupport;

/**
 * The schedule of all unit tests: a thread that is a task of {@link Tasks} goes on when its turn
 * comes, every other one as in a product.
 */
public final class TestSchedule implements Schedule {
  /** Made by the service loader. */
  public TestSchedule() {}

  @Override
  public void step() {
    Tasks.Task me = Tasks.current();
    if (me != null) {
      me.step();
    }
  }

  @Override
  public void spin() {
    Tasks.Task me = Tasks.current();
    if (me != null) {
      me.spin();
    } else {
      Thread.onSpinWait();
    }
  }

  @Override
  public void park(Object blocker, long nanos) {
    Tasks.Task me = Tasks.current();
    if (me != null) {
      me.park(blocker);
    } else if (nanos == Long.MAX_VALUE) {
      LockSupport.park(blocker);
    } else {
      LockSupport.parkNanos(blocker, nanos);
    }
  }

  @Override
  public void unpark(Thread thread) {
    if (!Tasks.unpark(thread)) {
      LockSupport.unpark(thread);
    }
  }
}
