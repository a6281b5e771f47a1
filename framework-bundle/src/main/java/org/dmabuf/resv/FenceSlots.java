package org.dmabuf.resv;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.seam.Seam;

/**
 * The fences of a reservation: one writer, who holds its lock and makes each change visible by a
 * single write; any number of readers, who never wait and see the set as it was at one moment.
 *
 * <pre>
 *   words   [ change | place | usage ] [ change | place | usage ] [ free ] ...     count = 2
 *                        |                          |
 *   fences  [ spare ] [ fence ] [ fence ] [ unused ] ...       one place more than words
 *
 *   replace a fence:  the new one into the spare place, then the word; the old place is the spare
 *   add a fence:      into an unused place, the word, then the count
 *   anything else:    a new table, then the reference to it
 * </pre>
 *
 * <p>A word's change number never goes back, so their sum tells a reader that no word has changed
 * between two looks: at the moment between the two, all was as it read. If it has, the reader
 * restarts, and some writer has made progress. Replacing and adding allocate nothing.
 */
final class FenceSlots {
  /** The most slots that one can have. */
  static final int MOST = 1 << 16;

  private static final int MINIMUM = 4;
  private static final int USAGE_BITS = 2;
  private static final int PLACE_BITS = 17;
  private static final int CHANGE_SHIFT = PLACE_BITS + USAGE_BITS;
  private static final Usage[] USAGES = Usage.values();
  private static final VarHandle FENCES = MethodHandles.arrayElementVarHandle(DmaFence[].class);
  private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

  /** The slots, published as a whole. */
  static final class Table {
    final DmaFence[] fences;
    final long[] words;
    volatile int count;
    int spare; // the writer's
    int unused = 1; // the writer's: the first place that was never used

    Table(int capacity) {
      fences = new DmaFence[capacity + 1];
      words = new long[capacity];
    }

    /** The writer's, before the table is published. */
    void append(DmaFence fence, Usage usage) {
      int slot = count;
      int place = unused++;
      fences[place] = fence;
      words[slot] = FenceSlots.word(0, place, usage);
      Seam.step();
      count = slot + 1;
    }

    long word(int slot) {
      Seam.step();
      return (long) WORDS.getAcquire(words, slot);
    }

    /** Null, or a fence of another word, when the slot has changed since. */
    DmaFence fence(long word) {
      Seam.step();
      return (DmaFence) FENCES.getAcquire(fences, place(word));
    }

    /** How often the first slots have changed in all. */
    long changes(int slots) {
      long sum = 0;
      for (int slot = 0; slot < slots; slot++) {
        sum += change(word(slot));
      }
      return sum;
    }
  }

  private volatile Table table = new Table(MINIMUM);

  static long word(long change, int place, Usage usage) {
    return change << CHANGE_SHIFT | (long) place << USAGE_BITS | usage.ordinal();
  }

  static long change(long word) {
    return word >>> CHANGE_SHIFT;
  }

  static Usage usage(long word) {
    return USAGES[(int) word & (1 << USAGE_BITS) - 1];
  }

  private static int place(long word) {
    return (int) (word >>> USAGE_BITS) & (1 << PLACE_BITS) - 1;
  }

  Table table() {
    Seam.step();
    return table;
  }

  // The writer's part.

  int capacity() {
    return table.words.length;
  }

  int count() {
    return table.count;
  }

  DmaFence fence(int slot) {
    Table now = table;
    return now.fences[place(now.words[slot])];
  }

  Usage usage(int slot) {
    return usage(table.words[slot]);
  }

  /** How many slots must be kept: those whose fences have completed can be used again. */
  int pending() {
    int pending = 0;
    for (int slot = 0; slot < count(); slot++) {
      if (!fence(slot).isSignaled()) {
        pending++;
      }
    }
    return pending;
  }

  /**
   * Puts a fence in the place of one of its context that is not later and whose class is not
   * stronger, or of one that has completed.
   *
   * @return false when there is neither
   */
  boolean replace(DmaFence fence, Usage usage) {
    Table now = table;
    for (int slot = 0; slot < now.count; slot++) {
      long word = now.words[slot];
      DmaFence old = now.fences[place(word)];
      if ((fence.isLaterOrSame(old) && usage(word).compareTo(usage) >= 0) || old.isSignaled()) {
        replace(now, slot, fence, usage);
        return true;
      }
    }
    return false;
  }

  private static void replace(Table now, int slot, DmaFence fence, Usage usage) {
    long old = now.words[slot];
    int place = now.spare;
    FENCES.setRelease(now.fences, place, fence);
    Seam.step();
    WORDS.setRelease(now.words, slot, word(change(old) + 1, place, usage));
    Seam.step();
    // Nobody is to be kept by a fence that is no longer here.
    FENCES.setRelease(now.fences, place(old), null);
    now.spare = place(old);
  }

  /** Adds a fence, for which there must be capacity. */
  void append(DmaFence fence, Usage usage) {
    table.append(fence, usage);
  }

  /** Makes room for so many slots; completed fences go. */
  void grow(int needed) {
    Table larger = new Table(Math.max(needed, Math.min(MOST, capacity() * 2)));
    for (int slot = 0; slot < count(); slot++) {
      if (!fence(slot).isSignaled()) {
        larger.append(fence(slot), usage(slot));
      }
    }
    publish(larger);
  }

  /** Puts one fence in the place of each of a context, at one moment; the room is kept. */
  void replaceAll(long context, DmaFence fence, Usage usage, int reserved) {
    // Not even that of slots whose fences have completed, for they may hold this one now.
    Table next = new Table(Math.max(capacity(), count() + reserved));
    for (int slot = 0; slot < count(); slot++) {
      boolean replaced = fence(slot).contextId() == context;
      next.append(replaced ? fence : fence(slot), replaced ? usage : usage(slot));
    }
    publish(next);
  }

  /** Puts others in the place of all. */
  void set(List<DmaResv.Entry> entries) {
    Table next = new Table(Math.max(MINIMUM, entries.size()));
    entries.forEach(entry -> next.append(entry.fence(), entry.usage()));
    publish(next);
  }

  private void publish(Table next) {
    Seam.step();
    table = next;
  }

  // The readers' part.

  /** Returns a fence that is pending and that a query sees; null when there was none. */
  DmaFence firstPending(Usage asked) {
    if (table().count == 0) {
      return null;
    }
    FenceIterator all = new FenceIterator(this, asked);
    return all.next() ? all.fence() : null;
  }

  /** Returns all slots in use that a query sees, as they were at one moment. */
  List<DmaResv.Entry> entries(Usage asked) {
    FenceIterator all = new FenceIterator(this, asked, FenceIterator.Completed.RETURNED);
    List<DmaResv.Entry> entries = new ArrayList<>();
    while (all.next()) {
      if (all.isRestarted()) {
        entries.clear();
      }
      entries.add(new DmaResv.Entry(all.fence(), all.usage()));
    }
    // It may have begun anew and found nothing.
    return all.isRestarted() ? new ArrayList<>() : entries;
  }
}
