package org.dmabuf.resv;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A mutex of which a thread may take several in any order, without deadlock, by way of an {@link
 * AcquireContext}; without one it is a plain mutex. Not reentrant.
 *
 * <pre>
 *   owner == null   FREE
 *   owner == thread HELD, with context or without
 *   waiters         in order of arrival; those with a context by age before younger ones
 *
 *   a free mutex goes to who comes first; but the first waiter, once it was woken in vain, is given
 *   it by the next unlock without it being free in between, so nobody is passed over for ever
 * </pre>
 *
 * <p>Wait-die: a context that meets an older holder, or an older waiter before it, and holds other
 * mutexes gets EDEADLK; it must unlock everything and take the contended one first ({@link
 * #lockSlow}).
 *
 * <p>Kernel counterpart: {@code struct ww_mutex}.
 */
public final class WwMutex {
  private static final Logger LOG = LoggerFactory.getLogger(WwMutex.class);
  private static final long ORPHAN_CHECK_NANOS = 500_000_000L;
  private static final VarHandle OWNER;
  private static final VarHandle WAITING;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      OWNER = lookup.findVarHandle(WwMutex.class, "owner", Thread.class);
      WAITING = lookup.findVarHandle(WwMutex.class, "waiting", int.class);
    } catch (ReflectiveOperationException impossible) {
      throw new ExceptionInInitializerError(impossible);
    }
  }

  private static final class Waiter {
    final Thread thread;
    final AcquireContext context;
    boolean wokenInVain; // guarded by the mutex's monitor

    Waiter(Thread thread, AcquireContext context) {
      this.thread = thread;
      this.context = context;
    }

    AcquireContext context() {
      return context;
    }
  }

  private final WwClass family;
  // Guarded by this mutex's monitor, which is never held across a park or a call outwards.
  private final List<Waiter> waiters = new ArrayList<>(2);

  @SuppressWarnings("UnusedVariable") // through OWNER
  private volatile Thread owner;

  @SuppressWarnings("UnusedVariable") // through WAITING
  private volatile int waiting;

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
    acquire(with, false, false);
  }

  /**
   * Takes the mutex as {@link #lock} does, and can be interrupted.
   *
   * @param with the context, or null for a plain lock
   * @throws DmaBufException as {@link #lock}; ERESTARTSYS when interrupted (the flag stays set)
   */
  public void lockInterruptibly(AcquireContext with) {
    acquire(with, true, false);
  }

  /**
   * Takes the contended mutex first after EDEADLK; never gives EDEADLK.
   *
   * @param with the context, which holds nothing, never null
   * @throws DmaBufException EINVAL when the context still holds mutexes; ERESTARTSYS when
   *     interrupted
   */
  public void lockSlow(AcquireContext with) {
    if (with.held() != 0) {
      throw new DmaBufException(
          Errno.EINVAL,
          with + " took the slow path holding " + with.held() + " mutexes; unlock them first");
    }
    acquire(with, true, true);
  }

  /**
   * Takes the mutex when it is free.
   *
   * @return whether it was taken; false also when this thread holds it
   */
  public boolean tryLock() {
    return OWNER.compareAndSet(this, null, Thread.currentThread());
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
      context = null;
    }
    if ((int) WAITING.getVolatile(this) == 0 || !giveToFirst()) {
      release();
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

  private void acquire(AcquireContext with, boolean interruptible, boolean slow) {
    check(with);
    Thread me = Thread.currentThread();
    if (!OWNER.compareAndSet(this, null, me)) {
      waitFor(with, me, interruptible, slow);
    }
    if (with != null) {
      context = with;
      with.acquired();
      // Younger waiters that came while the context was not yet visible must look again: they may
      // have to die now.
      if ((int) WAITING.getVolatile(this) != 0) {
        wakeAll();
      }
    }
  }

  private void check(AcquireContext with) {
    if (with != null) {
      with.checkAcquiring();
      if (with.family() != family) {
        throw new DmaBufException(
            Errno.EINVAL, with + " was used for a mutex of class " + family.name());
      }
    }
    if (owner == Thread.currentThread()) {
      throw new DmaBufException(
          Errno.EALREADY,
          "A " + family.name() + " mutex is already held by " + holder() + "; unlock it first");
    }
  }

  private void waitFor(AcquireContext with, Thread me, boolean interruptible, boolean slow) {
    Waiter place = new Waiter(me, with);
    enqueue(place);
    boolean interrupted = false;
    boolean woken = false;
    try {
      while (!OWNER.compareAndSet(this, null, me)) {
        if (woken && passedOver(place)) {
          break;
        }
        if (!slow && mustDie(place)) {
          throw new DmaBufException(
              Errno.EDEADLK,
              with
                  + " would wait for an older one, held by "
                  + holder()
                  + "; unlock everything and lock this one first");
        }
        LockSupport.parkNanos(this, ORPHAN_CHECK_NANOS);
        takeFromTheDead();
        woken = true;
        if (Thread.interrupted()) {
          interrupted = true;
          if (interruptible) {
            throw new DmaBufException(
                Errno.ERESTARTSYS,
                "Interrupted in a wait for a " + family.name() + " mutex held by " + holder());
          }
        }
      }
    } catch (DmaBufException notTaken) {
      dequeue(place);
      // A wake-up that was meant for this place must not be lost with it, nor the mutex itself.
      if (owner == me) {
        release();
      } else if (owner == null) {
        wakeFirst();
      }
      throw notTaken;
    } finally {
      if (interrupted) {
        me.interrupt();
      }
    }
    dequeue(place);
  }

  private synchronized void enqueue(Waiter place) {
    int at = waiters.size();
    if (place.context() != null) {
      // Older contexts wait before younger ones, so that the oldest is served first.
      while (at > 0
          && waiters.get(at - 1).context() != null
          && place.context().isOlderThan(waiters.get(at - 1).context())) {
        at--;
      }
    }
    waiters.add(at, place);
    WAITING.setVolatile(this, waiters.size());
  }

  private synchronized void dequeue(Waiter place) {
    waiters.removeIf(waiter -> waiter == place);
    WAITING.setVolatile(this, waiters.size());
  }

  private void release() {
    OWNER.setVolatile(this, null);
    if ((int) WAITING.getVolatile(this) != 0) {
      wakeFirst();
    }
  }

  /** Makes the first waiter the owner when it was woken in vain before; returns whether it was. */
  private synchronized boolean giveToFirst() {
    if (waiters.isEmpty() || !waiters.getFirst().wokenInVain) {
      return false;
    }
    Waiter next = waiters.removeFirst();
    WAITING.setVolatile(this, waiters.size());
    OWNER.setVolatile(this, next.thread);
    LockSupport.unpark(next.thread);
    return true;
  }

  /**
   * A waiter found the mutex held: returns whether it is its own, given by {@link #giveToFirst}.
   */
  private synchronized boolean passedOver(Waiter place) {
    if (owner == place.thread) {
      return true;
    }
    place.wokenInVain = !waiters.isEmpty() && waiters.getFirst() == place;
    return false;
  }

  /** A thread that ended without unlocking would be waited for for ever: its lock is taken back. */
  private void takeFromTheDead() {
    Thread holder = owner;
    if (holder != null && !holder.isAlive()) {
      AcquireContext left = context;
      if (OWNER.compareAndSet(this, holder, null)) {
        LOG.warn(
            "Thread {} ended holding a {} mutex{}; it was released for it",
            holder.getName(),
            family.name(),
            left == null ? "" : " with " + left);
        wakeFirst();
      }
    }
  }

  private synchronized void wakeFirst() {
    if (!waiters.isEmpty()) {
      LockSupport.unpark(waiters.getFirst().thread);
    }
  }

  private synchronized void wakeAll() {
    waiters.forEach(waiter -> LockSupport.unpark(waiter.thread));
  }

  private boolean mustDie(Waiter place) {
    AcquireContext mine = place.context();
    if (mine == null || mine.held() == 0) {
      return false;
    }
    AcquireContext holder = context;
    if (holder != null && holder.isOlderThan(mine)) {
      return true;
    }
    synchronized (this) {
      for (Waiter before : waiters) {
        if (before == place) {
          return false;
        }
        if (before.context() != null && before.context().isOlderThan(mine)) {
          return true;
        }
      }
      return false;
    }
  }
}
