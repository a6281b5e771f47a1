package org.dmabuf.memory;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the frame bytes that moved, by reason. Grows only; safe for all threads, without locks.
 *
 * <p>A sum read while others count may lack what they are just adding.
 */
public final class TransferMeter {
  /** One for each kind; the map itself never changes. */
  private final Map<Transfer, LongAdder> sums = new EnumMap<>(Transfer.class);

  private final LongAdder moves = new LongAdder();

  /** Makes a meter with all sums at 0. */
  public TransferMeter() {
    for (Transfer kind : Transfer.values()) {
      sums.put(kind, new LongAdder());
    }
  }

  /**
   * Counts bytes.
   *
   * @param kind why they moved, never null
   * @param bytes how many, not negative
   */
  public void add(Transfer kind, long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("A transfer of " + bytes + " bytes cannot be counted");
    }
    sums.get(kind).add(bytes);
  }

  /**
   * Returns the bytes that moved for one reason so far.
   *
   * @param kind the reason, never null
   */
  public long get(Transfer kind) {
    return sums.get(kind).sum();
  }

  /** Counts a buffer's move from one placement to another. */
  void addMove() {
    moves.increment();
  }

  /** Returns how often a buffer moved from one placement to another so far. */
  public long moves() {
    return moves.sum();
  }

  /** Returns all sums as they are now, one for each kind; a new map, never null. */
  public Map<Transfer, Long> snapshot() {
    Map<Transfer, Long> map = new EnumMap<>(Transfer.class);
    for (Transfer kind : Transfer.values()) {
      map.put(kind, get(kind));
    }
    return map;
  }
}
