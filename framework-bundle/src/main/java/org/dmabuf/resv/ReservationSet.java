package org.dmabuf.resv;

import java.util.Arrays;
import java.util.List;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * Reservations that one thread holds together. Closing it unlocks them, on that thread.
 *
 * <pre>
 *   LOCKING --all taken--> HELD --close()--> RELEASED
 *    |   ^
 *    v   | the contended one first
 *   GIVING_WAY (holds nothing)
 * </pre>
 *
 * <p>Kernel counterpart: {@code struct drm_exec}.
 */
public final class ReservationSet implements AutoCloseable {
  private enum State {
    LOCKING,
    GIVING_WAY,
    HELD,
    RELEASED
  }

  private final AcquireContext context;
  private final Duplicates duplicates;
  private State state = State.LOCKING;
  private DmaResv[] held;
  private int count;
  private DmaResv contended; // after giving way: held before the body asks for it

  ReservationSet(AcquireContext context, int expected, Duplicates duplicates) {
    this.context = context;
    this.duplicates = duplicates;
    this.held = new DmaResv[expected];
  }

  /** Returns what is held, each once, in the order of taking; empty after close. */
  public List<DmaResv> held() {
    return List.of(Arrays.copyOf(held, count));
  }

  /**
   * Takes one more, waiting interruptibly; only in the body of {@link
   * ReservationService#lockGrowing}.
   *
   * @param reservation what to lock, never null
   * @param slots fence slots to reserve in it, 0 or more
   * @throws DmaBufException EDEADLK when an older set must go first: the body is to end and is run
   *     again from its beginning, nothing being held; EALREADY when the calling thread, or with
   *     {@link Duplicates#REFUSED} this set, holds it already; EINVAL for null, negative slots or
   *     outside such a body; ERESTARTSYS when interrupted; ENOMEM as {@link DmaResv#reserveFences}
   */
  public void lock(DmaResv reservation, int slots) {
    if (reservation == null || slots < 0) {
      throw new DmaBufException(
          Errno.EINVAL,
          "A set was to grow by "
              + (reservation == null ? "no reservation" : "a reservation")
              + " with "
              + slots
              + " slots; one that is not null and 0 or more would work");
    }
    if (state == State.HELD || state == State.RELEASED) {
      throw new DmaBufException(
          Errno.EINVAL, "A set of reservations that is " + state + " does not grow; lock another");
    }
    if (!take(reservation, slots)) {
      throw new DmaBufException(
          Errno.EDEADLK,
          context + " gives way to an older one; end the body, it is run again from its beginning");
    }
  }

  /** Unlocks all, newest first. Idempotent. EPERM on another thread than the one that locked. */
  @Override
  public void close() {
    if (state == State.RELEASED) {
      return;
    }
    if (count != 0 && !held[0].isHeld()) {
      throw new DmaBufException(
          Errno.EPERM,
          count
              + " reservations were to be unlocked by a thread that does not hold them; "
              + held[0].holder()
              + " can");
    }
    unlockAll();
    state = State.RELEASED;
    context.close();
  }

  /** Returns false, with nothing held any more, when it must give way. */
  boolean take(DmaResv reservation, int slots) {
    if (state == State.GIVING_WAY) {
      return false;
    }
    if (reservation == contended) {
      contended = null; // taken already; asked for once more it is a duplicate
    } else {
      Locking.Outcome outcome = reservation.acquire(context, Locking.INTERRUPTIBLE);
      switch (outcome) {
        case TAKEN -> add(reservation);
        case MUST_GIVE_WAY -> {
          unlockAll();
          contended = reservation;
          state = State.GIVING_WAY;
          return false;
        }
        case HELD_BEFORE -> {
          if (reservation.lockedWith() != context) {
            reservation.check(outcome, context);
          }
          if (duplicates == Duplicates.REFUSED) {
            throw duplicate(reservation);
          }
        }
        case INTERRUPTED -> reservation.check(outcome, context);
      }
    }
    if (slots > 0) {
      reservation.reserveFences(slots);
    }
    return true;
  }

  boolean mustGiveWay() {
    return state == State.GIVING_WAY;
  }

  /** Takes what it gave way for, if it did. */
  void takeContended() {
    if (state == State.GIVING_WAY) {
      state = State.LOCKING;
      contended.lockSlowInterruptibly(context);
      add(contended);
    }
  }

  /** The set is complete. */
  void done() {
    context.done();
    state = State.HELD;
  }

  static DmaBufException duplicate(DmaResv reservation) {
    return new DmaBufException(
        Errno.EALREADY,
        "Reservation "
            + reservation.number()
            + " is twice in one set; once, or a set that allows duplicates, would work");
  }

  private void add(DmaResv reservation) {
    if (count == held.length) {
      held = Arrays.copyOf(held, Math.max(8, count * 2));
    }
    held[count++] = reservation;
  }

  private void unlockAll() {
    while (count > 0) {
      DmaResv last = held[--count];
      held[count] = null;
      last.unlock();
    }
  }
}
