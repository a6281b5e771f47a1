package org.dmabuf.resv;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.resv.Locking.Outcome;
import org.dmabuf.resv.WaitQueue.Waiter;
import org.dmabuf.seam.Seam;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A mutex of which a thread may take several in any order, without deadlock, by way of an {@link
 * AcquireContext}; without one it is a plain mutex. Not reentrant.
 *
 * <pre>
 *   owner == null   FREE
 *   owner == thread HELD, with context or without
 *
 *   a free mutex goes to who comes first; but the first waiter, once it was woken in vain, is given
 *   it by the next unlock without it being free in between, so nobody is passed over for ever
 * </pre>
 *
 * <p>A context that must give way, which its class's {@link WwAlgorithm} says, gets EDEADLK: it
 * must unlock everything and take the contended mutex first ({@link #lockSlow}).
 *
 * <p>Kernel counterpart: {@code struct ww_mutex}.
 */
public final class WwMutex {
  private static final Logger LOG = LoggerFactory.getLogger(WwMutex.class);
  private static final long ORPHAN_CHECK_NANOS = 500_000_000L;

  /** About as long as a park takes; most holders are gone by then. */
  private static final int SPINS = 60;

  private static final VarHandle OWNER;

  static {
    try {
      OWNER = MethodHandles.lookup().findVarHandle(WwMutex.class, "owner", Thread.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  private final WwClass family;
  private final WaitQueue queue = new WaitQueue();

  @SuppressWarnings("UnusedVariable") // through OWNER
  private volatile Thread owner;

  // Written by the owner only; a waiter that reads a stale one is woken again by the owner.
  private volatile AcquireContext context;

  /**
   * Makes a free mutex.
   *
   * @param family the class whose contexts may take it, never null
   */
  public WwMutex(WwClass family) {
    this.family = family;
  }

  /**
   * Takes the mutex, waiting without being interruptible.
   *
   * @param with the context, or null for a plain lock
   * @throws DmaBufException EALREADY when this context (or, without one, this thread) holds it;
   *     EDEADLK when waiting could deadlock; EINVAL for a context of another class or one that is
   *     done
   */
  public void lock(AcquireContext with) {
    check(acquire(with, Locking.LOCK), with);
  }

  /**
   * Takes the mutex as {@link #lock} does, and can be interrupted.
   *
   * @param with the context, or null for a plain lock
   * @throws DmaBufException as {@link #lock}; ERESTARTSYS when interrupted (the flag stays set)
   */
  public void lockInterruptibly(AcquireContext with) {
    check(acquire(with, Locking.INTERRUPTIBLE), with);
  }

  /**
   * Takes the contended mutex first after EDEADLK, waiting without being interruptible; never gives
   * EDEADLK.
   *
   * @param with the context, which holds nothing, never null
   * @throws DmaBufException EINVAL when the context still holds mutexes, else as {@link #lock}
   */
  public void lockSlow(AcquireContext with) {
    check(acquire(with, Locking.SLOW), with);
  }

  /**
   * As {@link #lockSlow}, and can be interrupted.
   *
   * @param with the context, which holds nothing, never null
   * @throws DmaBufException as {@link #lockSlow}; ERESTARTSYS when interrupted (the flag stays set)
   */
  public void lockSlowInterruptibly(AcquireContext with) {
    check(acquire(with, Locking.SLOW_INTERRUPTIBLE), with);
  }

  /**
   * Takes the mutex, without a context, when it is free.
   *
   * @return whether it was taken; false also when this thread holds it
   */
  public boolean tryLock() {
    return tryLock(null);
  }

  /**
   * Takes the mutex when it is free.
   *
   * @param with the context, or null for a plain lock
   * @return whether it was taken; false also when this thread holds it
   * @throws DmaBufException EINVAL for a context of another class or one that is done
   */
  public boolean tryLock(AcquireContext with) {
    check(with);
    Seam.step();
    if (!OWNER.compareAndSet(this, null, Thread.currentThread())) {
      return false;
    }
    taken(with);
    return true;
  }

  /**
   * Releases the mutex.
   *
   * @throws DmaBufException EPERM when the calling thread does not hold it
   */
  public void unlock() {
    if (owner != Thread.currentThread()) {
      throw new DmaBufException(
          Errno.EPERM,
          "A "
              + family.name()
              + " mutex was unlocked by "
              + Thread.currentThread().getName()
              + "; it is held by "
              + holder());
    }
    AcquireContext with = context;
    if (with != null) {
      with.released();
      Seam.step();
      context = null;
    }
    if (queue.isEmpty() || !giveToFirst()) {
      release(Thread.currentThread());
    }
  }

  /** Returns whether any thread holds it. */
  public boolean isLocked() {
    return owner != null;
  }

  /** Returns whether the calling thread holds it. */
  public boolean isHeld() {
    return owner == Thread.currentThread();
  }

  /** Returns the context it is held with; null when free or held without one. */
  public AcquireContext heldWith() {
    return context;
  }

  /** Returns the name of the thread that holds it, for messages; never null. */
  public String holder() {
    Thread thread = owner;
    return thread == null ? "nobody" : thread.getName();
  }

  /** As the public methods, and says what came of it; EINVAL still is an exception. */
  Outcome acquire(AcquireContext with, Locking how) {
    check(with);
    if (how.isSlow() && with.held() != 0) {
      throw new DmaBufException(
          Errno.EINVAL,
          with + " took the slow path holding " + with.held() + " mutexes; unlock them first");
    }
    Thread me = Thread.currentThread();
    Seam.step();
    if (!OWNER.compareAndSet(this, null, me)) {
      if (owner == me) {
        return Outcome.HELD_BEFORE;
      }
      if (!spin(me)) {
        Outcome outcome = await(new Waiter(me, with), how);
        if (outcome != Outcome.TAKEN) {
          return outcome;
        }
      }
    }
    taken(with);
    return Outcome.TAKEN;
  }

  private void check(AcquireContext with) {
    if (with != null) {
      with.checkAcquiring();
      if (with.family() != family) {
        throw new DmaBufException(
            Errno.EINVAL, with + " was used for a mutex of class " + family.name());
      }
    }
  }

  /** Makes an exception of what came of it. */
  void check(Outcome outcome, AcquireContext with) {
    switch (outcome) {
      case TAKEN -> {}
      case HELD_BEFORE ->
          throw new DmaBufException(
              Errno.EALREADY,
              "A " + family.name() + " mutex is already held by " + holder() + "; unlock it first");
      case MUST_GIVE_WAY ->
          throw new DmaBufException(
              Errno.EDEADLK,
              with
                  + " must give way to an older one for what is held by "
                  + holder()
                  + "; unlock everything and lock this one first");
      case INTERRUPTED ->
          throw new DmaBufException(
              Errno.ERESTARTSYS,
              "Interrupted in a wait for a " + family.name() + " mutex held by " + holder());
    }
  }

  private void taken(AcquireContext with) {
    if (with != null) {
      with.acquired();
      Seam.step();
      context = with;
      // Who waited while the context was not yet visible must look again: it may have to give way
      // now, or to wound.
      if (!queue.isEmpty()) {
        queue.wakeAll();
      }
    }
  }

  /** Nobody waits, so a short while may be all that it takes. */
  private boolean spin(Thread me) {
    for (int i = Seam.isScheduled() ? SPINS : 0; i < SPINS && queue.isEmpty(); i++) {
      Seam.step();
      if (owner == null && OWNER.compareAndSet(this, null, me)) {
        return true;
      }
      Thread.onSpinWait();
    }
    return false;
  }

  private Outcome await(Waiter place, Locking how) {
    queue.add(place);
    boolean interrupted = false;
    Outcome outcome = tryInQueue(place, how);
    while (outcome == null) {
      Seam.parkNanos(this, ORPHAN_CHECK_NANOS);
      takeFromTheDead();
      if (Thread.interrupted()) {
        interrupted = true;
      }
      outcome =
          interrupted && how.isInterruptible()
              ? Outcome.INTERRUPTED
              : isGivenTo(place) ? Outcome.TAKEN : tryInQueue(place, how);
    }
    queue.remove(place);
    if (outcome != Outcome.TAKEN) {
      passOn(place.thread);
    }
    if (interrupted) {
      place.thread.interrupt();
    }
    return outcome;
  }

  /** Null: wait on. */
  private Outcome tryInQueue(Waiter place, Locking how) {
    Seam.step();
    if (OWNER.compareAndSet(this, null, place.thread)) {
      return Outcome.TAKEN;
    }
    return !how.isSlow() && mustGiveWay(place) ? Outcome.MUST_GIVE_WAY : null;
  }

  private boolean mustGiveWay(Waiter place) {
    AcquireContext mine = place.context;
    if (mine == null || mine.held() == 0) {
      return false; // nobody waits for it
    }
    Seam.step();
    AcquireContext holder = context;
    if (family.algorithm() == WwAlgorithm.WAIT_DIE) {
      return (holder != null && holder.isOlderThan(mine)) || queue.hasOlderBefore(place);
    }
    if (holder != null && mine.isOlderThan(holder)) {
      holder.wound();
      Thread thread = owner;
      if (thread != null) {
        // It may wait for another mutex; if it waits for anything else, it is woken in vain.
        Seam.unpark(thread);
      }
    }
    return mine.mustGiveWay();
  }

  /** A wake-up that was meant for a place that is given up must not be lost, nor the mutex. */
  private void passOn(Thread me) {
    Seam.step();
    if (owner == me) {
      release(me);
    } else if (owner == null) {
      queue.wakeFirst();
    }
  }

  /** Unless it was taken back from this thread, and is another's now. */
  private void release(Thread me) {
    Seam.step();
    OWNER.compareAndSet(this, me, null);
    if (!queue.isEmpty()) {
      queue.wakeFirst();
    }
  }

  /** Makes the first waiter the owner when it was woken in vain before; returns whether it was. */
  private boolean giveToFirst() {
    synchronized (queue) {
      Waiter next = owner == Thread.currentThread() ? queue.takePassedOver() : null;
      if (next == null) {
        return false;
      }
      OWNER.setVolatile(this, next.thread);
      Seam.unpark(next.thread);
      return true;
    }
  }

  /** A waiter was woken: returns whether {@link #giveToFirst} gave it the mutex. */
  private boolean isGivenTo(Waiter place) {
    Seam.step();
    synchronized (queue) {
      if (owner == place.thread) {
        return true;
      }
      queue.wokenInVain(place);
      return false;
    }
  }

  /** A thread that ended without unlocking would be waited for for ever: its lock is taken back. */
  private void takeFromTheDead() {
    Thread holder = owner;
    if (holder != null && !holder.isAlive()) {
      takeBack(holder, "ended holding");
    }
  }

  /** Takes it from a thread that will not unlock it; false when that has it no more. */
  boolean takeBack(Thread holder, String how) {
    AcquireContext left;
    Seam.step();
    synchronized (queue) {
      if (owner != holder) {
        return false;
      }
      left = context;
      context = null;
      OWNER.compareAndSet(this, holder, null);
    }
    LOG.warn(
        "Thread {} {} a {} mutex{}; it was released for it",
        holder.getName(),
        how,
        family.name(),
        left == null ? "" : " with " + left);
    queue.wakeFirst();
    return true;
  }

  /** Returns the thread that holds it; null when none does. */
  Thread owner() {
    return owner;
  }
}
