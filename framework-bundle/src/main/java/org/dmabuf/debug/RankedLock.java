package org.dmabuf.debug;

import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A driver's lock whose place in the order of locks is checked in debug mode; a plain one without.
 * Made by {@code DmaBufRegistry.lock}.
 */
public final class RankedLock extends ReentrantLock {
  private static final long serialVersionUID = 1L;

  private final transient Optional<LockRules> rules;
  private final LockRank rank;
  private final String name;

  /**
   * Makes a free lock.
   *
   * @param name as messages show it, never null
   * @param rank its place in the order, never null
   * @param rules what checks it; empty outside debug mode
   */
  public RankedLock(String name, LockRank rank, Optional<LockRules> rules) {
    this.name = name;
    this.rank = rank;
    this.rules = rules;
  }

  @Override
  public void lock() {
    wanted();
    super.lock();
    taken();
  }

  @Override
  public void lockInterruptibly() throws InterruptedException {
    wanted();
    super.lockInterruptibly();
    taken();
  }

  @Override
  public boolean tryLock() {
    return taken(super.tryLock());
  }

  @Override
  public boolean tryLock(long timeout, TimeUnit unit) throws InterruptedException {
    wanted();
    return taken(super.tryLock(timeout, unit));
  }

  @Override
  public void unlock() {
    if (rules.isPresent() && getHoldCount() == 1) {
      rules.get().released(this);
    }
    super.unlock();
  }

  @Override
  public String toString() {
    return name + " (" + rank + ")";
  }

  private boolean taken(boolean got) {
    if (got) {
      taken();
    }
    return got;
  }

  private void wanted() {
    if (rules.isPresent() && !isHeldByCurrentThread()) {
      rules.get().wanted(this, rank, name, null);
    }
  }

  private void taken() {
    if (rules.isPresent() && getHoldCount() == 1) {
      rules.get().taken(this, rank, name, null);
    }
  }
}
