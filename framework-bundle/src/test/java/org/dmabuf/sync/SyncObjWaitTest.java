package org.dmabuf.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.dmabuf.Threads;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** IGT's syncobj_wait and the waits of its syncobj_timeline, by the names of their cases. */
class SyncObjWaitTest {
  private static final Duration LONG = Duration.ofDays(1);
  private static final Set<SyncWaitFlag> ANY = Set.of();
  private static final Set<SyncWaitFlag> ALL = Set.of(SyncWaitFlag.ALL);
  private static final Set<SyncWaitFlag> SUBMIT = Set.of(SyncWaitFlag.FOR_SUBMIT);
  private static final Set<SyncWaitFlag> ALL_SUBMIT =
      Set.of(SyncWaitFlag.ALL, SyncWaitFlag.FOR_SUBMIT);

  /** What is waited for: all of an object, or a point of it. */
  enum Kind {
    BINARY,
    TIMELINE;

    SyncPoint of(SyncObj object) {
      return new SyncPoint(object, this == BINARY ? 0 : 1);
    }

    void submit(SyncObj object, DmaFence fence) {
      if (this == BINARY) {
        object.replace(fence);
      } else {
        object.add(1, fence);
      }
    }
  }

  private enum State {
    UNSUBMITTED,
    SUBMITTED,
    SIGNALED
  }

  @RegisterExtension final Framework framework = new Framework();
  private FenceContext context;

  @BeforeEach
  void open() {
    context = framework.contexts().open("device", "ring");
  }

  @AfterEach
  void close() {
    context.close();
  }

  private SyncObj object() {
    return new SyncObj(framework.contexts());
  }

  private DmaFence submitted(Kind kind, SyncObj object) {
    DmaFence fence = context.create();
    kind.submit(object, fence);
    return fence;
  }

  private Threads.Running<OptionalInt> waiter(Set<SyncWaitFlag> flags, SyncPoint... points) {
    Threads.Running<OptionalInt> running =
        Threads.start(() -> SyncWait.await(List.of(points), flags, LONG, OptionalLong.empty()));
    running.awaitBlockedOn(points[0].object());
    return running;
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

  /** Every list of one to three objects in every state, with every set of flags. */
  @ParameterizedTest
  @EnumSource(Kind.class)
  @Row({"N14", "C/8", "C/9", "L/18"})
  void single_wait_and_multi_wait(Kind kind) {
    for (Set<SyncWaitFlag> flags : flags()) {
      for (int code = 1; code < 64; code++) {
        List<State> states = new ArrayList<>();
        for (int left = code; left > 0; left >>= 2) {
          if ((left & 3) != 0) {
            states.add(State.values()[(left & 3) - 1]);
          }
        }
        check(kind, flags, states);
      }
    }
  }

  private void check(Kind kind, Set<SyncWaitFlag> flags, List<State> states) {
    List<SyncPoint> points = new ArrayList<>();
    for (State state : states) {
      SyncObj object = object();
      if (state != State.UNSUBMITTED) {
        DmaFence fence = submitted(kind, object);
        if (state == State.SIGNALED) {
          context.signal(fence);
        }
      }
      points.add(kind.of(object));
    }
    boolean available = flags.contains(SyncWaitFlag.AVAILABLE);
    State enough = available ? State.SUBMITTED : State.SIGNALED;
    List<Integer> reached = new ArrayList<>();
    for (int i = 0; i < states.size(); i++) {
      if (states.get(i).compareTo(enough) >= 0) {
        reached.add(i);
      }
    }
    int needed = flags.contains(SyncWaitFlag.ALL) ? states.size() : 1;
    if (states.contains(State.UNSUBMITTED)
        && !available
        && !flags.contains(SyncWaitFlag.FOR_SUBMIT)) {
      assertErrno(
          Errno.EINVAL, () -> SyncWait.await(points, flags, Duration.ZERO, OptionalLong.empty()));
      return;
    }
    assertThat(SyncWait.await(points, flags, Duration.ZERO, OptionalLong.empty()))
        .as("%s of %s with %s", kind, states, flags)
        .isEqualTo(
            reached.size() >= needed ? OptionalInt.of(reached.getFirst()) : OptionalInt.empty());
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  @Row("N14")
  void wait_delayed_signal(Kind kind) throws Exception {
    SyncObj object = object();
    DmaFence fence = submitted(kind, object);
    Threads.Running<OptionalInt> waiter = waiter(ANY, kind.of(object));
    context.signal(fence);
    assertThat(waiter.join()).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  @Row("N14")
  void wait_for_submit_delayed_submit(Kind kind) throws Exception {
    SyncObj object = object();
    Threads.Running<OptionalInt> waiter = waiter(SUBMIT, kind.of(object));
    context.signal(submitted(kind, object));
    assertThat(waiter.join()).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  @Row("N14")
  void wait_all_delayed_signal(Kind kind) throws Exception {
    SyncObj a = object();
    SyncObj b = object();
    DmaFence first = submitted(kind, a);
    DmaFence second = submitted(kind, b);
    Threads.Running<OptionalInt> waiter = waiter(ALL, kind.of(a), kind.of(b));
    context.signal(second);
    waiter.awaitBlockedOn(a);
    context.signal(first);
    assertThat(waiter.join()).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  @Row("N14")
  void wait_all_for_submit_delayed_submit(Kind kind) throws Exception {
    SyncObj a = object();
    SyncObj b = object();
    DmaFence first = submitted(kind, a);
    Threads.Running<OptionalInt> waiter = waiter(ALL_SUBMIT, kind.of(a), kind.of(b));
    context.signal(first);
    context.signal(submitted(kind, b));
    assertThat(waiter.join()).hasValue(0);
  }

  @Test
  @Row("N14")
  void wait_available_ends_with_the_submit() throws Exception {
    SyncObj object = object();
    Threads.Running<OptionalInt> waiter =
        waiter(Set.of(SyncWaitFlag.AVAILABLE), new SyncPoint(object, 1));
    submitted(Kind.TIMELINE, object);
    assertThat(waiter.join()).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  @Row("N14")
  void reset_during_wait_for_submit(Kind kind) throws Exception {
    SyncObj object = object();
    Threads.Running<OptionalInt> waiter = waiter(SUBMIT, kind.of(object));
    object.reset();
    context.signal(submitted(kind, object));
    assertThat(waiter.join()).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  @Row("N14")
  void wait_any_snapshot(Kind kind) throws Exception {
    SyncObj a = object();
    SyncObj b = object();
    submitted(kind, a);
    DmaFence waited = submitted(kind, b);
    Threads.Running<OptionalInt> waiter = waiter(ANY, kind.of(a), kind.of(b));
    b.reset();
    context.signal(submitted(kind, b));
    waiter.awaitBlockedOn(a);
    context.signal(waited);
    assertThat(waiter.join()).hasValue(1);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  @Row("N14")
  void wait_all_snapshot(Kind kind) throws Exception {
    SyncObj a = object();
    SyncObj b = object();
    DmaFence first = submitted(kind, a);
    DmaFence second = submitted(kind, b);
    Threads.Running<OptionalInt> waiter = waiter(ALL, kind.of(a), kind.of(b));
    a.reset();
    b.reset();
    context.signal(first);
    context.signal(second);
    assertThat(waiter.join()).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  @Row("N14")
  void wait_for_submit_snapshot(Kind kind) throws Exception {
    SyncObj object = object();
    Threads.Running<OptionalInt> waiter = waiter(SUBMIT, kind.of(object));
    DmaFence waited = submitted(kind, object);
    object.reset();
    submitted(kind, object);
    context.signal(waited);
    assertThat(waiter.join()).as("the first that came").hasValue(0);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  @Row("N14")
  void wait_all_for_submit_snapshot(Kind kind) throws Exception {
    SyncObj a = object();
    SyncObj b = object();
    Threads.Running<OptionalInt> waiter = waiter(ALL_SUBMIT, kind.of(a), kind.of(b));
    DmaFence first = submitted(kind, a);
    DmaFence second = submitted(kind, b);
    a.reset();
    b.reset();
    context.signal(second);
    context.signal(first);
    assertThat(waiter.join()).hasValue(0);
  }

  /**
   * Seven objects, of which some are there, some come, some are emptied while they are waited for.
   */
  @ParameterizedTest
  @EnumSource(Kind.class)
  @Row("N14")
  void wait_all_for_submit_complex(Kind kind) throws Exception {
    SyncPoint[] points = new SyncPoint[7];
    List<DmaFence> fences = new ArrayList<>();
    for (int i = 0; i < points.length; i++) {
      SyncObj object = object();
      points[i] = kind.of(object);
      if (i % 2 == 0) {
        fences.add(submitted(kind, object));
      }
    }
    Threads.Running<OptionalInt> waiter = waiter(ALL_SUBMIT, points);
    for (int i = 1; i < points.length; i += 2) {
      fences.add(submitted(kind, points[i].object()));
      points[i].object().reset();
    }
    for (DmaFence fence : fences.subList(1, fences.size())) {
      context.signal(fence);
    }
    waiter.awaitBlockedOn(points[0].object());
    context.signal(fences.getFirst());
    assertThat(waiter.join()).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  @Row("N14")
  void wait_for_submit_complex(Kind kind) throws Exception {
    SyncPoint[] points = new SyncPoint[7];
    for (int i = 0; i < points.length; i++) {
      points[i] = kind.of(object());
    }
    Threads.Running<OptionalInt> waiter = waiter(SUBMIT, points);
    for (int i = 0; i < 5; i++) {
      submitted(kind, points[i].object());
    }
    points[3].object().reset();
    context.signal(submitted(kind, points[5].object()));
    assertThat(waiter.join()).hasValue(5);
  }

  @ParameterizedTest
  @EnumSource(Kind.class)
  @Row("N14")
  void wait_any_and_all_interrupted(Kind kind) throws Exception {
    for (Set<SyncWaitFlag> flags : List.of(ANY, ALL, SUBMIT, ALL_SUBMIT)) {
      SyncObj object = object();
      DmaFence fence = submitted(kind, object);
      Threads.Running<Boolean> waiter =
          Threads.start(
              () -> {
                assertErrno(
                    Errno.ERESTARTSYS,
                    () ->
                        SyncWait.await(
                            List.of(kind.of(object)), flags, LONG, OptionalLong.empty()));
                return Thread.interrupted();
              });
      waiter.awaitBlockedOn(object);
      waiter.thread().interrupt();
      assertThat(waiter.join()).as("the flag stays").isTrue();
      context.signal(fence);
      assertThat(object.await(0, Duration.ZERO)).isTrue();
    }
  }

  @Test
  @Row({"N14", "R9"})
  void theClockEndsAWait() throws Exception {
    SyncObj object = object();
    submitted(Kind.BINARY, object);
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
    SyncObj there = object();
    DmaFence fence = submitted(Kind.BINARY, there);
    List<SyncPoint> points = List.of(SyncPoint.of(there), SyncPoint.of(object()));
    assertThat(SyncWait.await(points, SUBMIT, Duration.ZERO, OptionalLong.of(99))).isEmpty();
    assertThat(fence.deadline()).hasValue(99);
  }
}
