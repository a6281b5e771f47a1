package org.dmabuf.storm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class StormPlanTest {
  private static final int MANY = 10_000;
  private static final List<SeatId> SEATS =
      List.of(
          new SeatId("org.dmabuf.exporter.a", 0),
          new SeatId("org.dmabuf.exporter.b", 0),
          new SeatId("org.dmabuf.importer.c", 0),
          new SeatId("org.dmabuf.importer.c", 1));

  @Test
  void shouldGiveTheSameActionsForTheSameSeed() {
    assertThat(actions(42)).isEqualTo(actions(42)).isNotEqualTo(actions(43));
  }

  @Test
  void shouldGiveTheSameActionsInWhateverOrderTheSeatsWereFound() {
    StormPlan other = new StormPlan(42, SEATS.reversed());
    assertThat(Stream.generate(other::next).limit(MANY).toList()).isEqualTo(actions(42));
  }

  @Test
  void shouldNumberActionsFromOneAndHaveAllKinds() {
    List<Action> actions = actions(1);
    assertThat(actions).first().extracting(Action::number).isEqualTo(1L);
    assertThat(actions).last().extracting(Action::number).isEqualTo((long) MANY);
    assertThat(actions).extracting(Action::kind).containsAll(EnumSet.allOf(Kind.class));
    assertThat(actions.get(0).toString()).startsWith("1 ");
  }

  /** Whoever does them finds each bundle in the state that the action needs. */
  @Test
  void shouldDoToADriverOnlyWhatItsStateAllows() {
    Set<SeatId> running = new TreeSet<>(SEATS);
    Map<SeatId, Kind> out = new HashMap<>();
    for (Action action : actions(7)) {
      Optional<SeatId> seat = action.seat();
      switch (action.kind()) {
        case UPDATE, REFRESH, SWAP -> assertThat(running).contains(seat.orElseThrow());
        case STOP, UNINSTALL -> {
          assertThat(running.remove(seat.orElseThrow())).as(action.toString()).isTrue();
          out.put(seat.get(), action.kind());
        }
        case START -> assertThat(out.remove(seat.orElseThrow())).isEqualTo(Kind.STOP);
        case INSTALL -> assertThat(out.remove(seat.orElseThrow())).isEqualTo(Kind.UNINSTALL);
        case FAULT, HEAL, ARRIVE, LEAVE -> assertThat(seat).isEmpty();
      }
      if (action.kind() == Kind.START || action.kind() == Kind.INSTALL) {
        running.add(seat.orElseThrow());
      }
      assertThat(out).as("who is away after %s", action).hasSizeLessThanOrEqualTo(1);
    }
  }

  @Test
  void shouldHealEachFaultBeforeTheNextAndLetNoMoreClientsGoThanCame() {
    int clients = 0;
    int faults = 0;
    for (Action action : actions(9)) {
      clients += action.kind() == Kind.ARRIVE ? 1 : action.kind() == Kind.LEAVE ? -1 : 0;
      faults += action.kind() == Kind.FAULT ? 1 : action.kind() == Kind.HEAL ? -1 : 0;
      assertThat(clients).isBetween(0, 3);
      assertThat(faults).isBetween(0, 1);
    }
  }

  /** A role of two seats lacks its substitute only while one of both is away. */
  @Test
  void shouldHaveASubstituteMostOfTheTime() {
    int away = 0;
    boolean now = false;
    for (Action action : actions(3)) {
      if (action.seat().map(SeatId::driver).equals(Optional.of("org.dmabuf.importer.c"))) {
        now =
            action.kind() == Kind.STOP
                || action.kind() == Kind.UNINSTALL
                || (now && !Set.of(Kind.START, Kind.INSTALL).contains(action.kind()));
      }
      away += now ? 1 : 0;
    }
    assertThat(away).isBetween(1, MANY / 2);
  }

  private static List<Action> actions(long seed) {
    StormPlan plan = new StormPlan(seed, SEATS);
    return Stream.generate(plan::next).limit(MANY).toList();
  }
}
