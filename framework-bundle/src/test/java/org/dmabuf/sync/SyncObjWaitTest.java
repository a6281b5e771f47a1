package org.dmabuf.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;
import static org.dmabuf.sync.SyncObjWaits.SUBMIT;
import static org.dmabuf.sync.SyncObjWaits.look;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.dmabuf.Threads;
import org.dmabuf.fence.DmaFence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * IGT's single-wait and multi-wait of syncobj_wait and syncobj_timeline, each case by its name, and
 * what ends a wait. The other waits: {@link SyncObjLongWaitTest}.
 */
class SyncObjWaitTest {
  private enum State {
    UNSUBMITTED,
    SUBMITTED,
    SIGNALED
  }

  @RegisterExtension final Framework framework = new Framework();
  private SyncObjWaits waits;

  @BeforeEach
  void open() {
    waits = new SyncObjWaits(framework);
  }

  @AfterEach
  void close() {
    waits.close();
  }

  private static List<Set<SyncWaitFlag>> flags() {
    List<Set<SyncWaitFlag>> all = new ArrayList<>();
    for (int bits = 0; bits < 8; bits++) {
      Set<SyncWaitFlag> set = EnumSet.noneOf(SyncWaitFlag.class);
      for (SyncWaitFlag flag : SyncWaitFlag.values()) {
        if ((bits >> flag.ordinal() & 1) != 0) {
          set.add(flag);
        }
      }
      all.add(set);
    }
    return all;
  }

  private static boolean isRefused(Set<SyncWaitFlag> flags, Collection<State> states) {
    return states.contains(State.UNSUBMITTED)
        && !flags.contains(SyncWaitFlag.AVAILABLE)
        && !flags.contains(SyncWaitFlag.FOR_SUBMIT);
  }

  /** The name of IGT's case. */
  private static String name(String wait, Set<SyncWaitFlag> flags, Collection<State> states) {
    StringBuilder name = new StringBuilder(isRefused(flags, states) ? "invalid-" : "").append(wait);
    flags.forEach(flag -> name.append('-').append(flag.name().toLowerCase(Locale.ROOT)));
    states.forEach(state -> name.append('-').append(state.name().toLowerCase(Locale.ROOT)));
    return name.toString().replace('_', '-');
  }

  static Stream<Arguments> single() {
    return Stream.of(PointKind.values())
        .flatMap(
            kind ->
                flags().stream()
                    .flatMap(
                        flags ->
                            Stream.of(State.values())
                                .map(
                                    state ->
                                        Arguments.of(
                                            name("single-wait", flags, List.of(state)),
                                            kind,
                                            flags,
                                            state))));
  }

  static Stream<Arguments> multi() {
    return Stream.of(PointKind.values())
        .flatMap(
            kind ->
                flags().stream()
                    .flatMap(
                        flags ->
                            IntStream.range(1, 8)
                                .mapToObj(SyncObjWaitTest::subset)
                                .map(
                                    states ->
                                        Arguments.of(
                                            name("multi-wait", flags, states),
                                            kind,
                                            flags,
                                            states))));
  }

  private static Set<State> subset(int bits) {
    Set<State> states = EnumSet.noneOf(State.class);
    for (State state : State.values()) {
      if ((bits >> state.ordinal() & 1) != 0) {
        states.add(state);
      }
    }
    return states;
  }

  @ParameterizedTest(name = "{1}: {0}")
  @MethodSource("single")
  @Row({"N14", "C/8", "C/9", "L/18"})
  void single_wait(String name, PointKind kind, Set<SyncWaitFlag> flags, State state) {
    check(name, kind, flags, List.of(state));
  }

  /** Every list of two and of three objects that are in these states. */
  @ParameterizedTest(name = "{1}: {0}")
  @MethodSource("multi")
  @Row({"N14", "C/8", "C/9", "L/18"})
  void multi_wait(String name, PointKind kind, Set<SyncWaitFlag> flags, Set<State> states) {
    int checked = 0;
    for (State a : states) {
      for (State b : states) {
        if (states.size() < 3) {
          checked += checkAllOf(name, kind, flags, states, List.of(a, b));
        }
        for (State c : states) {
          checked += checkAllOf(name, kind, flags, states, List.of(a, b, c));
        }
      }
    }
    assertThat(checked).isEqualTo(new int[] {2, 8, 6}[states.size() - 1]);
  }

  private int checkAllOf(
      String name, PointKind kind, Set<SyncWaitFlag> flags, Set<State> wanted, List<State> states) {
    if (!states.containsAll(wanted)) {
      return 0;
    }
    check(name, kind, flags, states);
    return 1;
  }

  private void check(String name, PointKind kind, Set<SyncWaitFlag> flags, List<State> states) {
    List<SyncPoint> points = new ArrayList<>();
    for (State state : states) {
      SyncObj object = waits.object();
      if (state != State.UNSUBMITTED) {
        DmaFence fence = waits.submitted(kind, object);
        if (state == State.SIGNALED) {
          waits.context.signal(fence);
        }
      }
      points.add(kind.of(object));
    }
    if (isRefused(flags, states)) {
      assertErrno(Errno.EINVAL, () -> look(flags, points));
      return;
    }
    State enough = flags.contains(SyncWaitFlag.AVAILABLE) ? State.SUBMITTED : State.SIGNALED;
    List<Integer> reached = new ArrayList<>();
    for (int i = 0; i < states.size(); i++) {
      if (states.get(i).compareTo(enough) >= 0) {
        reached.add(i);
      }
    }
    int needed = flags.contains(SyncWaitFlag.ALL) ? states.size() : 1;
    assertThat(look(flags, points))
        .as("%s of %s", name, states)
        .isEqualTo(
            reached.size() >= needed ? OptionalInt.of(reached.getFirst()) : OptionalInt.empty());
  }

  @Test
  @Row({"N14", "R9"})
  void theClockEndsAWait() throws Exception {
    SyncObj object = waits.object();
    waits.submitted(PointKind.BINARY, object);
    Threads.Running<Boolean> waiter = Threads.start(() -> object.await(0, Duration.ofNanos(50)));
    framework.clock().awaitScheduled(1);
    framework.clock().advance(50);
    assertThat(waiter.join()).isFalse();
    assertErrno(Errno.EINVAL, () -> object.await(0, Duration.ofNanos(-1)));
  }

  @Test
  @Row({"N14", "C/8"})
  void aTimeOfLongAgoIsAtOnce() {
    SyncObjRig rig = new SyncObjRig(framework);
    int[] handle = rig.handles(rig.create(0));
    for (long until : new long[] {Long.MIN_VALUE, -1, 0, framework.clock().nanos()}) {
      assertErrno(
          Errno.ETIME,
          () ->
              SyncObjListIoctl.await(
                  rig.table, rig.device, handle, SyncObjIoctl.WAIT_FOR_SUBMIT, until));
    }
    SyncObjListIoctl.signal(rig.table, rig.device, handle);
    assertThat(SyncObjListIoctl.await(rig.table, rig.device, handle, 0, -1)).isZero();
  }

  @Test
  @Row({"N5", "N14"})
  void aDeadlineIsToldToTheFencesThatAreThere() {
    SyncObj there = waits.object();
    DmaFence fence = waits.submitted(PointKind.BINARY, there);
    List<SyncPoint> points = List.of(SyncPoint.of(there), SyncPoint.of(waits.object()));
    assertThat(SyncWait.await(points, SUBMIT, Duration.ZERO, OptionalLong.of(99))).isEmpty();
    assertThat(fence.deadline()).hasValue(99);
  }

  @ParameterizedTest
  @EnumSource
  @Row({"N5", "N14"})
  void aDeadlineOfARequestIsToldToTheFence(PointKind kind) {
    SyncObjRig rig = new SyncObjRig(framework);
    int line = SwSyncIoctl.open(rig.client, rig.table, "any", 0);
    int fence = rig.pending("camera");
    int object = rig.create(0);
    SyncObjIoctl.fromFile(rig.table, rig.device, fence, object, SyncObjIoctl.SYNC_FILE);
    assertErrno(Errno.ETIME, () -> rig.awaitWithDeadline(kind, object, 77));
    assertThat(SwSyncIoctl.getDeadline(rig.table, line, fence)).isEqualTo(77);
  }
}
