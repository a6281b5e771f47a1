package org.dmabuf;

import org.dmabuf.resv.DmaResv;

/** Takes a reservation within a time, for a teardown: a driver that hangs may hold it. */
final class BoundedLock {
  private BoundedLock() {}

  /**
   * Returns whether the lock was taken before the deadline, on the product's clock. Interrupts do
   * not end the wait; the thread's flag is set afterwards.
   */
  static boolean take(DmaResv resv, DmaClock clock, long deadline) {
    if (resv.tryLock()) {
      return true;
    }
    boolean interrupted = false;
    try {
      while (true) {
        interrupted |= Thread.interrupted();
        Alarm alarm = Alarm.at(clock, deadline);
        boolean taken = false;
        boolean rung = false;
        try {
          taken = tryTake(resv);
        } finally {
          rung = alarm.end();
        }
        if (taken || rung) {
          return taken;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static boolean tryTake(DmaResv resv) {
    try {
      resv.lockInterruptibly();
      return true;
    } catch (DmaBufException refused) {
      if (refused.errno() == Errno.ERESTARTSYS) {
        return false;
      }
      throw refused;
    }
  }
}
