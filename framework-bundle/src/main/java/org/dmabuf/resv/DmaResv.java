package org.dmabuf.resv;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.StampedLock;
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
 * <p>Changes need the lock; reading does not, and sees the set as it was at one moment. Waiting for
 * fences is never done with the lock of another reservation held. Kernel counterpart: {@code struct
 * dma_resv}.
 */
public final class DmaResv {
  private static final Logger LOG = LoggerFactory.getLogger(DmaResv.class);
  private static final int MINIMUM_SLOTS = 4;
  private static final int MOST_SLOTS = 1 << 16;

  /** Waits as long as this, or longer, have no limit. */
  private static final Duration FOR_EVER = Duration.ofDays(36_500);

  private final WwMutex mutex;
  private final LockRules rules; // null outside debug mode
  private final DmaClock clock;
  // Only orders readers with the one writer, who holds the mutex; never held across a call.
  private final StampedLock version = new StampedLock();
  private DmaFence[] fences = new DmaFence[MINIMUM_SLOTS];
  private Usage[] usages = new Usage[MINIMUM_SLOTS];
  private int count;
  private int reserved;

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
  }

  /**
   * Takes the lock.
   *
   * @param with the acquire context, or null for this reservation alone
   * @throws DmaBufException EALREADY, EDEADLK, EINVAL as {@link WwMutex#lock}
   */
  public void lock(AcquireContext with) {
    mutex.lock(with);
    note();
  }

  /** Takes the lock of this reservation alone; EALREADY when this thread has it. */
  public void lock() {
    mutex.lock(null);
    note();
  }

  /** Takes the lock alone and interruptibly: ERESTARTSYS, else as {@link #lock()}. */
  public void lockInterruptibly() {
    mutex.lockInterruptibly(null);
    note();
  }

  /** Takes the lock interruptibly with a context, as {@link WwMutex#lockInterruptibly}. */
  public void lockInterruptibly(AcquireContext with) {
    mutex.lockInterruptibly(with);
    note();
  }

  /** Takes the contended lock first after EDEADLK, as {@link WwMutex#lockSlow}. */
  public void lockSlow(AcquireContext with) {
    mutex.lockSlow(with);
    note();
  }

  /** Takes the lock when it is free; returns whether it did. */
  public boolean tryLock() {
    boolean taken = mutex.tryLock();
    if (taken) {
      note();
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

  /** Returns whether any thread holds the lock. */
  public boolean isLocked() {
    return mutex.isLocked();
  }

  /** Returns whether the calling thread holds the lock. */
  public boolean isHeld() {
    return mutex.isHeld();
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
   * @param slots how many fences will be added until unlock, 1 or more
   * @throws DmaBufException EINVAL for less than 1, or without the lock; ENOMEM for more than
   *     {@value #MOST_SLOTS} in all
   */
  public void reserveFences(int slots) {
    assertHeld("Reserving fence slots");
    if (slots < 1) {
      throw new DmaBufException(
          Errno.EINVAL, "A reservation was asked for " + slots + " slots; 1 or more would work");
    }
    dropSignaled();
    if (slots > MOST_SLOTS - count) {
      throw new DmaBufException(
          Errno.ENOMEM,
          "A reservation with "
              + count
              + " fences was asked for "
              + slots
              + " slots; it can have "
              + MOST_SLOTS
              + " in all");
    }
    int needed = count + slots;
    if (needed > fences.length) {
      int length = Math.max(needed, fences.length * 2);
      DmaFence[] moreFences = Arrays.copyOf(fences, length);
      Usage[] moreUsages = Arrays.copyOf(usages, length);
      long stamp = version.writeLock();
      try {
        fences = moreFences;
        usages = moreUsages;
      } finally {
        version.unlockWrite(stamp);
      }
    }
    reserved = Math.max(reserved, slots);
  }

  /**
   * Adds a fence into a reserved slot. One of the same context that is not later and whose class is
   * not stronger is replaced. Containers are taken apart before ({@link FenceUnwrap}); one that is
   * added as such is logged.
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
    for (int i = 0; i < count; i++) {
      DmaFence old = fences[i];
      boolean replaced = fence.isLaterOrSame(old) && usages[i].compareTo(usage) >= 0;
      if (replaced || old.isSignaled()) {
        put(i, fence, usage);
        return;
      }
    }
    if (reserved == 0) {
      throw new DmaBufException(
          Errno.EINVAL,
          fence.describe() + " was added without a reserved slot; call reserveFences first");
    }
    reserved--;
    put(count, fence, usage);
  }

  /**
   * Returns the fences that a query of a class sees and that have not completed, in the order of
   * their slots. Lock-free for the caller.
   *
   * @param asked the class, never null
   */
  public List<DmaFence> pending(Usage asked) {
    List<Entry> all = entries();
    List<DmaFence> seen = new ArrayList<>(all.size());
    for (Entry entry : all) {
      if (entry.usage().isSeenBy(asked) && !entry.fence().isSignaled()) {
        seen.add(entry.fence());
      }
    }
    return seen;
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
    int length = Math.max(MINIMUM_SLOTS, copied.size());
    DmaFence[] newFences = new DmaFence[length];
    Usage[] newUsages = new Usage[length];
    for (int i = 0; i < copied.size(); i++) {
      newFences[i] = copied.get(i).fence();
      newUsages[i] = copied.get(i).usage();
    }
    long stamp = version.writeLock();
    try {
      fences = newFences;
      usages = newUsages;
      count = copied.size();
      reserved = 0;
    } finally {
      version.unlockWrite(stamp);
    }
  }

  /** A fence and what it stands for. */
  public record Entry(DmaFence fence, Usage usage) {}

  /** Returns all slots in use, completed fences included, as they were at one moment. */
  public List<Entry> entries() {
    long stamp = version.readLock();
    try {
      List<Entry> all = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        all.add(new Entry(fences[i], usages[i]));
      }
      return all;
    } finally {
      version.unlockRead(stamp);
    }
  }

  /** Returns whether nothing that a query of this class sees is pending. */
  public boolean isSignaled(Usage asked) {
    return pending(asked).isEmpty();
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
    if (rules != null) {
      rules.checkWait(this);
    }
    long start = clock.nanos();
    for (List<DmaFence> left = pending(asked); !left.isEmpty(); left = pending(asked)) {
      Duration remaining =
          timeout.compareTo(FOR_EVER) >= 0 ? timeout : timeout.minusNanos(clock.nanos() - start);
      if (!left.getFirst().await(remaining.isNegative() ? Duration.ZERO : remaining)) {
        return false;
      }
    }
    return true;
  }

  private void note() {
    if (rules != null) {
      rules.taken(this, LockRank.RESERVATION, "a reservation");
    }
  }

  private void dropSignaled() {
    long stamp = version.writeLock();
    try {
      int kept = 0;
      for (int i = 0; i < count; i++) {
        if (!fences[i].isSignaled()) {
          fences[kept] = fences[i];
          usages[kept++] = usages[i];
        }
      }
      for (int i = kept; i < count; i++) {
        fences[i] = null;
        usages[i] = null;
      }
      count = kept;
    } finally {
      version.unlockWrite(stamp);
    }
  }

  private void put(int slot, DmaFence fence, Usage usage) {
    long stamp = version.writeLock();
    try {
      fences[slot] = fence;
      usages[slot] = usage;
      count = Math.max(count, slot + 1);
    } finally {
      version.unlockWrite(stamp);
    }
  }
}
