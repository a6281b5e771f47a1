package org.dmabuf.resv;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaClock;
import org.dmabuf.Errno;
import org.dmabuf.debug.LockRank;
import org.dmabuf.debug.LockRules;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceArray;
import org.dmabuf.fence.FenceUnwrap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The reservation of a buffer: a lock and the fences that others must wait for.
 *
 * <pre>
 *   lock -> reserveFences(n) -> addFence(fence, usage) -> unlock
 *
 *   slots  [ fence, usage ] [ fence, usage ] [   free   ] ...
 *           \_______ count _______/ \___ reserved ___/      (reserved slots are lost on unlock)
 * </pre>
 *
 * <p>Changes need the lock. Reading does not, never waits, and sees the set as it was at one moment
 * ({@link FenceSlots}). Waiting for fences is never done with the lock of another reservation held.
 * Kernel counterpart: {@code struct dma_resv}.
 */
public final class DmaResv {
  private static final Logger LOG = LoggerFactory.getLogger(DmaResv.class);

  /** Waits as long as this, or longer, have no limit. */
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  private static final String NAME = "a reservation";

  // A release is all that readers need, and is free where a volatile write is not.
  private static final VarHandle LAST_WRITE;

  static {
    try {
      LAST_WRITE = MethodHandles.lookup().findVarHandle(DmaResv.class, "lastWrite", DmaFence.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final WwMutex mutex;
  private final LockRules rules; // null outside debug mode
  private final DmaClock clock;
  private final long number;
  private final FenceSlots slots = new FenceSlots();
  private int reserved; // the holder's

  @SuppressWarnings("UnusedVariable") // through LAST_WRITE
  private DmaFence lastWrite; // changed by the holder; null until somebody writes

  /**
   * Makes an empty, unlocked reservation; drivers use {@code DmaBufRegistry.reservation}.
   *
   * @param family the class of its lock, never null
   * @param clock what timeouts of waits are measured by, never null
   */
  public DmaResv(WwClass family, DmaClock clock) {
    this(family, clock, Optional.empty());
  }

  /**
   * As {@link #DmaResv(WwClass, DmaClock)}.
   *
   * @param rules what notes in debug mode who has it, never null
   */
  public DmaResv(WwClass family, DmaClock clock, Optional<LockRules> rules) {
    this.rules = rules.orElse(null);
    this.mutex = new WwMutex(family);
    this.clock = clock;
    this.number = family.number();
  }

  /**
   * Takes the lock.
   *
   * @param with the acquire context, or null for this reservation alone
   * @throws DmaBufException EALREADY, EDEADLK, EINVAL as {@link WwMutex#lock}
   */
  public void lock(AcquireContext with) {
    check(acquire(with, Locking.LOCK), with);
  }

  /** Takes the lock of this reservation alone; EALREADY when this thread has it. */
  public void lock() {
    lock(null);
  }

  /** Takes the lock alone and interruptibly: ERESTARTSYS, else as {@link #lock()}. */
  public void lockInterruptibly() {
    lockInterruptibly(null);
  }

  /** Takes the lock interruptibly with a context, as {@link WwMutex#lockInterruptibly}. */
  public void lockInterruptibly(AcquireContext with) {
    check(acquire(with, Locking.INTERRUPTIBLE), with);
  }

  /** Takes the contended lock first after EDEADLK, as {@link WwMutex#lockSlow}. */
  public void lockSlow(AcquireContext with) {
    check(acquire(with, Locking.SLOW), with);
  }

  /** As {@link #lockSlow}, interruptibly: ERESTARTSYS. */
  public void lockSlowInterruptibly(AcquireContext with) {
    check(acquire(with, Locking.SLOW_INTERRUPTIBLE), with);
  }

  /** Takes the lock when it is free; returns whether it did. */
  public boolean tryLock() {
    boolean taken = mutex.tryLock();
    if (taken && rules != null) {
      rules.taken(this, LockRank.RESERVATION, NAME, null);
    }
    return taken;
  }

  /** Releases the lock; slots that were reserved and not used are lost. EPERM for a stranger. */
  public void unlock() {
    if (mutex.isHeld()) {
      reserved = 0;
    }
    mutex.unlock();
    if (rules != null) {
      rules.released(this);
    }
  }

  /** Returns the context it is locked with; null when free or locked alone. */
  public AcquireContext lockedWith() {
    return mutex.heldWith();
  }

  /** Returns whether any thread holds the lock. */
  public boolean isLocked() {
    return mutex.isLocked();
  }

  /** Returns whether the calling thread holds the lock. */
  public boolean isHeld() {
    return mutex.isHeld();
  }

  /**
   * Takes the lock from a thread that will never unlock it, because it has ended or its bundle has
   * stopped; for the framework's teardowns. That thread's own unlock is then EPERM. Told of in the
   * log.
   *
   * @param gone whether a thread is one of those, asked of the holder alone; never null
   * @return whether it was taken
   */
  public boolean takeBack(Predicate<Thread> gone) {
    Thread holder = mutex.owner();
    return holder != null
        && gone.test(holder)
        && mutex.takeBack(holder, holder.isAlive() ? "left with its bundle" : "ended holding");
  }

  /** Returns whether the lock is held by a thread that is as asked. */
  public boolean isHeldBy(Predicate<Thread> asked) {
    Thread holder = mutex.owner();
    return holder != null && asked.test(holder);
  }

  /** Returns the name of the thread that holds the lock, for messages. */
  public String holder() {
    return mutex.holder();
  }

  /**
   * Checks that the calling thread holds the lock.
   *
   * @param what the operation, for the message
   * @throws DmaBufException EINVAL when it does not
   */
  public void assertHeld(String what) {
    if (!mutex.isHeld()) {
      if (rules != null) {
        rules.missing(this, what);
      }
      throw new DmaBufException(
          Errno.EINVAL,
          what + " needs the reservation, which is held by " + holder() + "; lock it first");
    }
  }

  /**
   * Makes room, so that adding fences can neither fail nor allocate.
   *
   * @param more how many fences will be added until unlock, 1 or more
   * @throws DmaBufException EINVAL for less than 1, or without the lock; ENOMEM for more than
   *     {@value FenceSlots#MOST} in all
   */
  public void reserveFences(int more) {
    assertHeld("Reserving fence slots");
    if (more < 1) {
      throw new DmaBufException(
          Errno.EINVAL, "A reservation was asked for " + more + " slots; 1 or more would work");
    }
    // Not even that of a completed fence counts as room: the next of its own context may take it.
    if (more > slots.capacity() - slots.count()) {
      makeRoom(more);
    }
    reserved = Math.max(reserved, more);
  }

  private void makeRoom(int more) {
    int pending = slots.pending();
    if (more > FenceSlots.MOST - pending) {
      throw new DmaBufException(
          Errno.ENOMEM,
          "A reservation with "
              + pending
              + " fences was asked for "
              + more
              + " more slots; it can have "
              + FenceSlots.MOST
              + " in all");
    }
    slots.grow(pending + more);
  }

  /**
   * Adds a fence into a reserved slot. One of the same context that is not later and whose class is
   * not stronger is replaced, and so is one that has completed. Containers are taken apart before
   * ({@link FenceUnwrap}); one that is added as such is logged.
   *
   * @param fence what others must wait for, never null
   * @param usage what it stands for, never null
   * @throws DmaBufException EINVAL without the lock, or without a reserved slot
   */
  public void addFence(DmaFence fence, Usage usage) {
    assertHeld("Adding a fence");
    if (fence.kind().isContainer()) {
      LOG.warn("{} was added to a reservation as one; unwrap it and add its members", fence);
    }
    if (slots.replace(fence, usage)) {
      written(fence, usage);
      return;
    }
    if (reserved == 0) {
      throw new DmaBufException(
          Errno.EINVAL,
          fence.describe() + " was added without a reserved slot; call reserveFences first");
    }
    reserved--;
    slots.append(fence, usage);
    written(fence, usage);
  }

  private void written(DmaFence fence, Usage usage) {
    if (usage == Usage.WRITE) {
      LAST_WRITE.setRelease(this, fence);
    }
  }

  /**
   * Returns the fence of who wrote last, or is about to; completed or not, for its slot may have
   * been used again since. Who shows what the memory holds learns from it whether that was written
   * whole: slots tell only of what is pending. Lock-free. Linux has no counterpart.
   */
  public Optional<DmaFence> lastWrite() {
    return Optional.ofNullable((DmaFence) LAST_WRITE.getAcquire(this));
  }

  /**
   * Puts one fence in the place of every one of a context, as when a process that was preempted
   * must be woken before its work can complete. Readers see all replaced or none.
   *
   * @param contextId whose fences
   * @param fence what completes when all of them are of no more concern, never null
   * @param usage what it stands for, never null
   * @throws DmaBufException EINVAL without the lock
   */
  public void replaceFences(long contextId, DmaFence fence, Usage usage) {
    assertHeld("Replacing fences");
    slots.replaceAll(contextId, fence, usage, reserved);
  }

  /**
   * Returns the fences that a query of a class sees and that have not completed, in the order of
   * their slots. Lock-free for the caller.
   *
   * @param asked the class, never null
   */
  public List<DmaFence> pending(Usage asked) {
    List<DmaFence> seen = List.of(); // most often there is none, or one
    FenceIterator all = iterator(asked);
    while (all.next()) {
      if (all.isRestarted() || seen.isEmpty()) {
        seen = new ArrayList<>(1);
      }
      seen.add(all.fence());
    }
    return all.isRestarted() ? List.of() : seen;
  }

  /** Returns what goes through the pending fences that a query of a class sees; never null. */
  public FenceIterator iterator(Usage asked) {
    return new FenceIterator(slots, asked);
  }

  /**
   * Returns one fence that completes when all have that a query of a class sees: itself when there
   * is one, else an array of them in the order of their slots.
   *
   * @param asked the class, never null
   * @return the fence; empty when nothing is pending
   */
  public Optional<DmaFence> getSingleton(Usage asked) {
    List<DmaFence> all = pending(asked);
    if (all.size() < 2) {
      return all.stream().findFirst();
    }
    return Optional.of(FenceArray.of(all, FenceArray.Mode.ALL));
  }

  /**
   * Puts the pending fences of another reservation, with what they stand for, in the place of all
   * fences of this one.
   *
   * @param from the other, which need not be locked, never null
   * @throws DmaBufException EINVAL without the lock
   */
  public void copyFences(DmaResv from) {
    assertHeld("Copying fences");
    List<Entry> copied = from.entries();
    copied.removeIf(entry -> entry.fence().isSignaled());
    slots.set(copied);
    LAST_WRITE.setRelease(this, from.lastWrite().orElse(null));
    reserved = 0;
  }

  /** A fence and what it stands for. */
  public record Entry(DmaFence fence, Usage usage) {}

  /** Returns all slots in use, completed fences included, as they were at one moment. */
  public List<Entry> entries() {
    return slots.entries(Usage.BOOKKEEP);
  }

  /** Returns whether nothing that a query of this class sees is pending. */
  public boolean isSignaled(Usage asked) {
    return slots.firstPending(asked) == null;
  }

  /**
   * Hints that somebody needs all that a query of this class sees by a time.
   *
   * @param asked the class, never null
   * @param nanos the time on the product's clock
   */
  public void setDeadline(Usage asked, long nanos) {
    pending(asked).forEach(fence -> fence.setDeadline(nanos));
  }

  /** Returns the kernel's description, a line for each slot in use; never null. */
  public String describe() {
    StringBuilder lines = new StringBuilder();
    for (Entry entry : entries()) {
      String usage = entry.usage().name().toLowerCase(Locale.ROOT);
      lines.append("\t%s fence: %s\n".formatted(usage, entry.fence().describe()));
    }
    return lines.toString();
  }

  /**
   * Waits until nothing that a query of this class sees is pending. Fences that are added meanwhile
   * are waited for as well.
   *
   * @param asked the class, never null
   * @param timeout how long on the product's clock, 0 or more, never null
   * @return whether all completed in time
   * @throws DmaBufException EINVAL for a negative timeout; ERESTARTSYS when interrupted
   */
  public boolean await(Usage asked, Duration timeout) {
    if (timeout.isNegative()) {
      throw new DmaBufException(
          Errno.EINVAL, "A wait for a reservation of " + timeout + "; it must be 0 or more");
    }
    DmaFence left = slots.firstPending(asked);
    if (rules != null) {
      rules.checkWait(this);
      if (left == null && !timeout.isZero()) {
        rules.awaits("The fences of " + NAME);
      }
    }
    long start = clock.nanos();
    for (; left != null; left = slots.firstPending(asked)) {
      Duration remaining =
          timeout.compareTo(FOR_EVER) >= 0 ? timeout : timeout.minusNanos(clock.nanos() - start);
      if (!left.await(remaining.isNegative() ? Duration.ZERO : remaining)) {
        return false;
      }
    }
    return true;
  }

  /** As the public methods of the lock, and says what came of it. */
  Locking.Outcome acquire(AcquireContext with, Locking how) {
    if (rules != null) {
      rules.wanted(this, LockRank.RESERVATION, NAME, with);
    }
    Locking.Outcome outcome = mutex.acquire(with, how);
    if (rules != null && outcome == Locking.Outcome.TAKEN) {
      rules.taken(this, LockRank.RESERVATION, NAME, with);
    }
    return outcome;
  }

  /** Makes an exception of what came of it. */
  void check(Locking.Outcome outcome, AcquireContext with) {
    mutex.check(outcome, with);
  }

  /** Its place in the order in which sets are taken. */
  long number() {
    return number;
  }
}
