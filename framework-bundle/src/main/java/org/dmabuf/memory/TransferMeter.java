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
  private final LongAdder[] sums = new LongAdder[Transfer.values().length];

  /** Makes a meter with all sums at 0. */
  public TransferMeter() {
    for (int i = 0; i < sums.length; i++) {
      sums[i] = new LongAdder();
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
    sums[kind.ordinal()].add(bytes);
  }

  /**
   * Returns the bytes that moved for one reason so far.
   *
   * @param kind the reason, never null
   */
  public long get(Transfer kind) {
    return sums[kind.ordinal()].sum();
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
