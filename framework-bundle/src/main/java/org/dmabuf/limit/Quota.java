package org.dmabuf.limit;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.dmabuf.DmaBufException;

/**
 * How much of one thing a bundle has, and may have.
 *
 * <pre>
 *   take(n):  used + n <= most, or no limit --> used + n
 *             else ---------------------------> the limit's errno, nothing taken
 * </pre>
 *
 * <p>Thread-safe without locks: what does not fit is seen by others for a moment, before it is
 * taken back. Kernel counterpart: {@code struct page_counter}. Bytes of memory are counted by
 * {@link org.dmabuf.memory.MemoryAccount}, whose counters form a tree.
 */
public final class Quota {
  private final Limit limit;
  private final String owner;
  private final AtomicLong used = new AtomicLong();
  private volatile long most; // 0: no limit

  /**
   * Makes one of which nothing is taken, without a limit.
   *
   * @param limit what is counted, never null
   * @param owner whose it is, as messages show it, never null
   */
  public Quota(Limit limit, String owner) {
    this.limit = Objects.requireNonNull(limit, "limit");
    this.owner = Objects.requireNonNull(owner, "owner");
  }

  /** Sets the limit for what is taken from now on; 0 for none. What was taken stays. */
  public void limit(long count) {
    most = count;
  }

  /** Returns whether there is a limit now. */
  public boolean isLimited() {
    return most > 0;
  }

  /** Returns the limit; 0 when there is none. */
  public long most() {
    return most;
  }

  /** Returns how much is taken now. */
  public long used() {
    return used.get();
  }

  /** Takes some; false, and nothing is taken, when it does not fit. */
  public boolean tryTake(long count) {
    long now = used.addAndGet(count);
    long limited = most;
    if (limited > 0 && now > limited) {
      used.addAndGet(-count);
      return false;
    }
    return true;
  }

  /**
   * Takes some.
   *
   * @param count how much, 0 or more
   * @throws DmaBufException the limit's errno when it does not fit; then nothing is taken
   */
  public void take(long count) {
    if (!tryTake(count)) {
      long limited = most;
      throw new DmaBufException(
          limit.errno(),
          "%d of %s were asked by %s; its limit %s of %d leaves %d; %s, or raise it"
              .formatted(
                  count,
                  limit,
                  owner,
                  limit.key(),
                  limited,
                  Math.max(0, limited - used()),
                  limit.remedy()));
    }
  }

  /** Gives back what was taken. */
  public void give(long count) {
    used.addAndGet(-count);
  }

  @Override
  public String toString() {
    return limit + " of " + owner + ": " + used() + " of " + (isLimited() ? most : "any number");
  }
}
