package org.dmabuf.memory;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;

/**
 * How many bytes of buffers somebody has, now and at most. Accounts form a tree, and what is
 * charged to one is charged to all above it.
 *
 * <pre>
 *   product  max 4 GiB  used 12 MiB
 *      |------ camera   max 0 (none)  used 8 MiB
 *      `------ screen   max 16 MiB    used 4 MiB
 * </pre>
 *
 * <p>Thread-safe without locks: a charge that does not fit is seen by others for a moment, before
 * it is taken back. Kernel counterpart: {@code struct page_counter}, a pool of a dmem cgroup.
 */
public final class MemoryAccount {
  private final String owner;
  private final MemoryAccount parent; // null for the root
  private final String limitName;
  private final AtomicLong used = new AtomicLong();
  private final AtomicLong peak = new AtomicLong();
  private volatile long max;
  private volatile long low;
  private volatile long min;

  /**
   * Makes an account with nothing on it, without a limit and with none above it.
   *
   * @param owner whose it is, as messages show it, never null
   */
  public MemoryAccount(String owner) {
    this(owner, null, 0, "no limit");
  }

  private MemoryAccount(String owner, MemoryAccount parent, long max, String limitName) {
    this.owner = Objects.requireNonNull(owner, "owner");
    this.parent = parent;
    this.max = max;
    this.limitName = Objects.requireNonNull(limitName, "limitName");
  }

  /** As {@link #root(String, long, String)}, below this account. */
  public MemoryAccount child(String childOwner, long childMax, String childLimitName) {
    return new MemoryAccount(childOwner, this, childMax, childLimitName);
  }

  /**
   * Makes an account with nothing on it.
   *
   * @param owner whose it is, as messages show it, never null
   * @param max the most bytes that may be charged, 0 for no limit
   * @param limitName what sets the limit, as messages show it, never null
   */
  public static MemoryAccount root(String owner, long max, String limitName) {
    return new MemoryAccount(owner, null, max, limitName);
  }

  /** Returns whose account it is, never null. */
  public String owner() {
    return owner;
  }

  /** Returns the account above, if there is one. */
  public Optional<MemoryAccount> parent() {
    return Optional.ofNullable(parent);
  }

  /** Returns the bytes charged now. */
  public long used() {
    return used.get();
  }

  /** Returns the most bytes that were ever charged at a time. */
  public long peak() {
    return peak.get();
  }

  /** Returns the most bytes that may be charged; 0 when there is no limit. */
  public long max() {
    return max;
  }

  /** Sets the limit for charges from now on; 0 for none. What is charged already stays. */
  public void limit(long bytes) {
    max = bytes;
  }

  /**
   * Protects memory from being taken for others.
   *
   * @param minBytes what is never taken
   * @param lowBytes what is taken only when nobody else has any to give
   */
  public void protect(long minBytes, long lowBytes) {
    min = minBytes;
    low = lowBytes;
  }

  /**
   * Charges bytes to this account and all above it.
   *
   * @param bytes how many, not negative
   * @return empty when they are charged; else nothing was, and this is the account whose limit
   *     stands in the way
   */
  public Optional<MemoryAccount> tryCharge(long bytes) {
    for (MemoryAccount at = this; at != null; at = at.parent) {
      if (!at.add(bytes)) {
        for (MemoryAccount undo = this; undo != at; undo = undo.parent) {
          undo.used.addAndGet(-bytes);
        }
        return Optional.of(at);
      }
    }
    return Optional.empty();
  }

  /**
   * Charges bytes to this account and all above it.
   *
   * @param bytes how many, not negative
   * @throws DmaBufException ENOMEM when a limit stands in the way, which the sentence names
   */
  public void charge(long bytes) {
    Optional<MemoryAccount> limiting = tryCharge(bytes);
    if (limiting.isPresent()) {
      throw limiting.get().refusal(bytes, owner);
    }
  }

  /** Takes back what was charged. */
  public void uncharge(long bytes) {
    for (MemoryAccount at = this; at != null; at = at.parent) {
      at.used.addAndGet(-bytes);
    }
  }

  /**
   * Tells whether memory of another account may be taken so that a charge fits here.
   *
   * @param victim whose memory would go, never null
   * @param lastResort whether also what is protected as low may go
   * @return true for this account and those below it, as far as they have more than is protected
   */
  public boolean mayReclaimFrom(MemoryAccount victim, boolean lastResort) {
    if (victim == this) {
      return true;
    }
    long has = victim.used();
    return victim.isBelow(this) && has > victim.min && (lastResort || has > victim.low);
  }

  /** Says that this account's limit refuses a charge, for who asked. */
  DmaBufException refusal(long bytes, String asker) {
    long most = max;
    return new DmaBufException(
        Errno.ENOMEM,
        bytes
            + " bytes were asked by "
            + asker
            + "; "
            + limitName
            + " of "
            + owner
            + ", "
            + most
            + " bytes, leaves "
            + Math.max(0, most - used()));
  }

  private boolean add(long bytes) {
    long now = used.addAndGet(bytes);
    long most = max;
    if (now < 0 || (most > 0 && now > most)) {
      used.addAndGet(-bytes);
      return false;
    }
    if (now > peak.get()) {
      peak.accumulateAndGet(now, Math::max);
    }
    return true;
  }

  private boolean isBelow(MemoryAccount other) {
    for (MemoryAccount at = parent; at != null; at = at.parent) {
      if (at == other) {
        return true;
      }
    }
    return false;
  }
}
