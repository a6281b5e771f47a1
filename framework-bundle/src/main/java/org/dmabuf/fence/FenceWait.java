package org.dmabuf.fence;

import java.time.Duration;
import java.util.List;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaClock;
import org.dmabuf.Errno;
import org.dmabuf.seam.Seam;

/**
 * A thread that waits for one fence, or for the first of many; an object of its own, as a thread is
 * told once for each wait.
 *
 * <pre>
 *   look -> take a place on each fence -> [ look, interrupted?, late?, park ] ... -> give places back
 * </pre>
 *
 * <p>It parks and holds no monitor, so a virtual thread leaves its carrier. No wake-up is lost: a
 * place is taken before the look that precedes the park, and an unpark that comes before the park
 * makes it return at once. One that comes after the wait has ended (the clock's or a fence's, which
 * read the place before it was given back) makes some later park of the thread return early; all
 * that park look again.
 */
final class FenceWait {
  private static final long NO_LIMIT = Long.MAX_VALUE;

  /** Longer waits, which would overflow a clock in nanoseconds, have no limit. */
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  private final Thread thread = Thread.currentThread();
  private final boolean interruptible;
  private boolean interrupted;

  private FenceWait(boolean interruptible) {
    this.interruptible = interruptible;
  }

  /** Of a wait's length; EINVAL for a negative one. */
  static long nanos(Duration timeout, Object what) {
    if (timeout.isNegative()) {
      throw new DmaBufException(
          Errno.EINVAL, "A wait for " + what + " of " + timeout + "; it must be 0 or more");
    }
    return timeout.compareTo(FOR_EVER) >= 0 ? NO_LIMIT : timeout.toNanos();
  }

  /** Waits without a limit; ERESTARTSYS. */
  static void forEver(DmaFence fence) {
    await(fence, NO_LIMIT, true);
  }

  /** Returns whether it has completed; ERESTARTSYS. */
  static boolean await(DmaFence fence, long timeoutNanos, boolean interruptible) {
    mayWait(fence, timeoutNanos);
    if (fence.isSignaled()) {
      return true;
    }
    if (timeoutNanos == 0) {
      return false;
    }
    FenceWait wait = new FenceWait(interruptible);
    if (!fence.add(wait)) {
      return true;
    }
    try {
      return wait.park(new DmaFence[] {fence}, timeoutNanos) == 0;
    } finally {
      fence.remove(wait);
      wait.restoreInterrupt();
    }
  }

  /** Returns the index of the first that has completed; -1 when none has in time; ERESTARTSYS. */
  static int awaitAny(List<? extends DmaFence> list, long timeoutNanos) {
    DmaFence[] fences = list.toArray(DmaFence[]::new);
    mayWait(fences[0], timeoutNanos);
    for (int i = 0; i < fences.length; i++) {
      if (fences[i].isSignaled()) {
        return i;
      }
    }
    if (timeoutNanos == 0) {
      return -1;
    }
    FenceWait wait = new FenceWait(true);
    int placed = 0;
    try {
      while (placed < fences.length && fences[placed].add(wait)) {
        placed++;
      }
      return wait.park(fences, timeoutNanos);
    } finally {
      for (int i = 0; i < placed; i++) {
        fences[i].remove(wait);
      }
    }
  }

  /** Also of one that has completed: the next time it may not have. */
  private static void mayWait(DmaFence fence, long timeoutNanos) {
    if (timeoutNanos != 0) {
      fence.contexts().awaits(fence);
    }
  }

  /** Told by the fence, or by the clock. */
  void wake() {
    Seam.unpark(thread);
  }

  private int park(DmaFence[] fences, long timeoutNanos) {
    int first = firstComplete(fences);
    if (first >= 0) {
      return first;
    }
    boolean bounded = timeoutNanos != NO_LIMIT;
    DmaClock clock = fences[0].contexts().clock();
    long deadline = bounded ? clock.nanos() + timeoutNanos : 0;
    DmaClock.Timer timer = bounded ? clock.schedule(deadline, this::wake) : () -> {};
    try {
      while (first < 0) {
        checkInterrupt(fences);
        if (bounded && deadline - clock.nanos() <= 0) {
          return firstSignaled(fences);
        }
        Seam.park(fences[0]);
        first = firstComplete(fences);
      }
      return first;
    } finally {
      timer.cancel();
    }
  }

  private static int firstComplete(DmaFence[] fences) {
    for (int i = 0; i < fences.length; i++) {
      if (fences[i].isComplete()) {
        return i;
      }
    }
    return -1;
  }

  /** Asks producers that can be asked, once more, before a wait is given up. */
  private static int firstSignaled(DmaFence[] fences) {
    for (int i = 0; i < fences.length; i++) {
      if (fences[i].isSignaled()) {
        return i;
      }
    }
    return -1;
  }

  private void checkInterrupt(DmaFence[] fences) {
    if (!thread.isInterrupted()) {
      return;
    }
    if (interruptible) {
      String others = fences.length == 1 ? "" : " and " + (fences.length - 1) + " more";
      throw new DmaBufException(
          Errno.ERESTARTSYS, "Interrupted in a wait for " + fences[0].describe() + others);
    }
    // With the flag set a park would return at once: it is set again when the wait has ended.
    interrupted = Thread.interrupted();
  }

  private void restoreInterrupt() {
    if (interrupted) {
      thread.interrupt();
    }
  }
}
