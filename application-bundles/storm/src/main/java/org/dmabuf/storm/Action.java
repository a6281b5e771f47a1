package org.dmabuf.storm;

import java.util.Optional;

/**
 * One action of a storm.
 *
 * @param number which, from 1
 * @param kind what is done, never null
 * @param seat to whom; empty for faults and clients
 * @param draw a number drawn for what else is to be chosen, 0 or more
 * @param waitMillis how long nothing is done before it
 */
record Action(long number, Kind kind, Optional<SeatId> seat, int draw, int waitMillis) {
  @Override
  public String toString() {
    return number + " " + kind.label() + seat.map(at -> " " + at).orElse("");
  }
}
