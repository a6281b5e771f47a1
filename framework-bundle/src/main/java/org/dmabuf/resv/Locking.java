package org.dmabuf.resv;

/** How a ww-mutex is asked for, and what came of it. */
enum Locking {
  /** Waits whatever happens. */
  LOCK,
  /** Waits until it is interrupted. */
  INTERRUPTIBLE,
  /** The contended one first: there is nothing to give way with. */
  SLOW,
  /** As SLOW, until it is interrupted. */
  SLOW_INTERRUPTIBLE;

  /**
   * What came of it; inside, because an exception for each EDEADLK would cost more than the lock.
   */
  enum Outcome {
    /** The thread holds the mutex. */
    TAKEN,
    /** The thread held it before: EALREADY. */
    HELD_BEFORE,
    /** Its context must give way: EDEADLK. */
    MUST_GIVE_WAY,
    /** ERESTARTSYS; the thread's flag is set. */
    INTERRUPTED
  }

  boolean isInterruptible() {
    return this == INTERRUPTIBLE || this == SLOW_INTERRUPTIBLE;
  }

  boolean isSlow() {
    return this == SLOW || this == SLOW_INTERRUPTIBLE;
  }
}
