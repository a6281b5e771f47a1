package org.dmabuf.storm;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/**
 * What happens in a storm, one action after the other, drawn by a seed: the same seed and the same
 * seats give the same actions, whatever time they take.
 *
 * <pre>
 *   seat   RUNNING --stop--> STOPPED --start--> RUNNING
 *                  --uninstall--> ABSENT --install--> RUNNING
 *                  --update, refresh, swap--> RUNNING
 * </pre>
 *
 * <p>One seat at most is not RUNNING between two actions, so that a role that has two seats has a
 * substitute most of the time. Not thread-safe.
 */
final class StormPlan {
  private enum Seating {
    RUNNING,
    STOPPED,
    ABSENT
  }

  private static final List<Kind> AT_ONCE = List.of(Kind.UPDATE, Kind.REFRESH, Kind.SWAP);
  private static final List<Kind> TAKES_AWAY =
      List.of(Kind.UPDATE, Kind.REFRESH, Kind.SWAP, Kind.STOP, Kind.UNINSTALL);
  private static final int PERCENT = 100;
  private static final int BRINGS_BACK = 50;
  private static final int CLIENTS = 15;
  private static final int FAULTS = 15;
  private static final int MOST_CLIENTS = 3;
  private static final int LEAST_WAIT_MILLIS = 50;
  private static final int WAIT_SPREAD_MILLIS = 200;

  private final Random random;
  private final Map<SeatId, Seating> seats = new TreeMap<>();
  private Optional<SeatId> out = Optional.empty();
  private int clients;
  private boolean faulty;
  private long number;

  /**
   * Makes a plan.
   *
   * @param seed by which it is drawn
   * @param seats those that run when it begins, one at least
   */
  StormPlan(long seed, Collection<SeatId> seats) {
    this.random = new Random(seed);
    seats.forEach(seat -> this.seats.put(seat, Seating.RUNNING));
  }

  /** Draws the next action; who asks does it. */
  Action next() {
    number++;
    int wait = LEAST_WAIT_MILLIS + random.nextInt(WAIT_SPREAD_MILLIS + 1);
    if (out.isPresent() && random.nextInt(PERCENT) < BRINGS_BACK) {
      return bringBack(wait);
    }
    int roll = random.nextInt(PERCENT);
    if (roll < CLIENTS) {
      return client(wait);
    }
    if (roll < CLIENTS + FAULTS) {
      faulty = !faulty;
      return action(faulty ? Kind.FAULT : Kind.HEAL, Optional.empty(), wait);
    }
    return disturb(wait);
  }

  private Action bringBack(int wait) {
    SeatId seat = out.orElseThrow();
    Kind kind = seats.get(seat) == Seating.STOPPED ? Kind.START : Kind.INSTALL;
    seats.put(seat, Seating.RUNNING);
    out = Optional.empty();
    return action(kind, Optional.of(seat), wait);
  }

  private Action client(int wait) {
    boolean comes = clients == 0 || (clients < MOST_CLIENTS && random.nextBoolean());
    clients += comes ? 1 : -1;
    return action(comes ? Kind.ARRIVE : Kind.LEAVE, Optional.empty(), wait);
  }

  private Action disturb(int wait) {
    List<SeatId> running = new ArrayList<>(seats.keySet());
    out.ifPresent(running::remove);
    SeatId seat = running.get(random.nextInt(running.size()));
    List<Kind> may = out.isEmpty() ? TAKES_AWAY : AT_ONCE;
    Kind kind = may.get(random.nextInt(may.size()));
    if (kind == Kind.STOP || kind == Kind.UNINSTALL) {
      seats.put(seat, kind == Kind.STOP ? Seating.STOPPED : Seating.ABSENT);
      out = Optional.of(seat);
    }
    return action(kind, Optional.of(seat), wait);
  }

  private Action action(Kind kind, Optional<SeatId> seat, int wait) {
    return new Action(number, kind, seat, random.nextInt(Integer.MAX_VALUE), wait);
  }
}
