package org.dmabuf.debug;

import java.util.List;

/**
 * A rule that was broken, found in debug mode. Plain data, text and stack-trace elements only.
 *
 * @param rule which
 * @param what was done, in a sentence
 * @param thread that did it
 * @param broken where: the caller of the framework first
 * @param lockTaken where the lock was taken that the rule is about, or the locks the other way
 *     round; empty when there is none
 * @param count how often it was broken at these two places, 1 or more
 */
public record Violation(
    Rule rule,
    String what,
    String thread,
    List<StackTraceElement> broken,
    List<StackTraceElement> lockTaken,
    long count) {
  /** The rules. */
  public enum Rule {
    /** A lock was taken while one was held that comes after it in the {@link LockRank order}. */
    LOCK_ORDER,
    /** Locks were taken in two orders, or in one that nobody can give way in: it could deadlock. */
    LOCK_CYCLE,
    /** A call needs the reservation and was made without it. */
    MUST_HOLD,
    /** A call must not be made with the reservation held, and was. */
    MUST_NOT_HOLD,
    /** A call went into another bundle with a queue's lock held. */
    HELD_ACROSS_CALL,
    /** A thread waited for the fences of one reservation with another one held. */
    WAITED_WITH_ANOTHER,
    /**
     * A lock is taken where fences are signalled, and a fence is waited for with it held: it could
     * deadlock.
     */
    SIGNALLING_CYCLE,
    /** A fence was waited for where fences are signalled. */
    WAITED_WHILE_SIGNALLING,
    /** An exporter's table has addresses or lengths that are not those of whole pages. */
    UNALIGNED
  }

  /** Takes copies of the places. */
  public Violation {
    broken = List.copyOf(broken);
    lockTaken = List.copyOf(lockTaken);
  }

  @Override
  public String toString() {
    return rule
        + ": "
        + what
        + " at "
        + Places.first(broken)
        + (lockTaken.isEmpty() ? "" : "; the lock was taken at " + Places.first(lockTaken));
  }

  Violation oneMore() {
    return new Violation(rule, what, thread, broken, lockTaken, count + 1);
  }
}
