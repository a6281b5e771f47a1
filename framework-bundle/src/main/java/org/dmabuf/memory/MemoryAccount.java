package org.dmabuf.memory;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of buffers a client has, now and at most.
 *
 * <p>Thread-safe. Kernel counterpart: a dmem cgroup.
 */
public final class MemoryAccount {
  private final String owner;
  private final AtomicLong used = new AtomicLong();
  private final AtomicLong peak = new AtomicLong();

  /**
   * Makes an account with nothing on it.
   *
   * @param owner whose it is, as messages show it, never null
   */
  public MemoryAccount(String owner) {
    this.owner = owner;
  }

  /** Returns whose account it is, never null. */
  public String owner() {
    return owner;
  }

  /** Returns the bytes charged now. */
  public long used() {
    return used.get();
  }

  /** Returns the most bytes that were ever charged at a time. */
  public long peak() {
    return peak.get();
  }

  void charge(long bytes) {
    long now = used.addAndGet(bytes);
    peak.accumulateAndGet(now, Math::max);
  }

  void uncharge(long bytes) {
    used.addAndGet(-bytes);
  }
}
