package org.dmabuf.resv;

import org.dmabuf.fence.DmaFence;

/**
 * Goes through the fences of a reservation without its lock, in the order of their slots.
 *
 * <pre>
 *   next() true  --> fence(), usage()         isRestarted(): forget what came before this one
 *   next() false --> the end                  isRestarted(): there is none, forget all
 * </pre>
 *
 * <p>When the reservation changes on the way it begins anew and says so, as with the very first
 * fence. What it returned since is the set as it was at one moment, when it has come to its end.
 * Used by one thread. Kernel counterpart: {@code struct dma_resv_iter}, {@code
 * dma_resv_iter_next_unlocked()}.
 */
public final class FenceIterator {
  /** What is done with fences that have completed. */
  enum Completed {
    SKIPPED,
    RETURNED
  }

  private final FenceSlots slots;
  private final Usage asked;
  private final Completed completed;
  private FenceSlots.Table table;
  private int count;
  private int slot; // the next one to be looked at
  private long changes; // of the slots before it
  private DmaFence fence;
  private Usage usage;
  private boolean restarted;

  FenceIterator(FenceSlots slots, Usage asked) {
    this(slots, asked, Completed.SKIPPED);
  }

  FenceIterator(FenceSlots slots, Usage asked, Completed completed) {
    this.slots = slots;
    this.asked = asked;
    this.completed = completed;
    begin();
  }

  /**
   * Goes to the next fence of the query that is pending.
   *
   * @return whether there is one
   */
  public boolean next() {
    if (fence != null) {
      restarted = false;
    }
    if (!isUnchanged()) {
      begin();
    }
    while (true) {
      while (slot < count) {
        if (look()) {
          return true;
        }
      }
      if (isUnchanged()) {
        fence = null;
        return false;
      }
      begin();
    }
  }

  /** Returns whether this fence is the first since it began, or began anew, or there is none. */
  public boolean isRestarted() {
    return restarted;
  }

  /** Returns the fence; null before the first and after the last. */
  public DmaFence fence() {
    return fence;
  }

  /** Returns what the fence stands for; undefined where there is none. */
  public Usage usage() {
    return usage;
  }

  private void begin() {
    table = slots.table();
    count = table.count;
    slot = 0;
    changes = 0;
    fence = null;
    restarted = true;
  }

  /** Between the last look at each and this one there was a moment at which all was as it read. */
  private boolean isUnchanged() {
    return table == slots.table() && count == table.count && changes == table.changes(slot);
  }

  /** Looks at one slot; returns whether its fence is one to return. */
  private boolean look() {
    long word = table.word(slot);
    DmaFence found = table.fence(word);
    if (found == null || table.word(slot) != word) {
      return false; // it has just changed: is looked at again
    }
    slot++;
    changes += FenceSlots.change(word);
    if (!FenceSlots.usage(word).isSeenBy(asked)
        || (completed == Completed.SKIPPED && found.isSignaled())) {
      return false;
    }
    fence = found;
    usage = FenceSlots.usage(word);
    return true;
  }
}
