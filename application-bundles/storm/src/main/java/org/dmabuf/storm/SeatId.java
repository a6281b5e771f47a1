package org.dmabuf.storm;

import java.util.Comparator;

/**
 * Where one bundle of a driver is: some drivers have two at once, of different versions.
 *
 * @param driver the symbolic name, never null
 * @param place 0, or 1 for the one beside
 */
record SeatId(String driver, int place) implements Comparable<SeatId> {
  private static final Comparator<SeatId> ORDER =
      Comparator.comparing(SeatId::driver).thenComparingInt(SeatId::place);

  @Override
  public int compareTo(SeatId other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return place == 0 ? driver : driver + " (beside)";
  }
}
