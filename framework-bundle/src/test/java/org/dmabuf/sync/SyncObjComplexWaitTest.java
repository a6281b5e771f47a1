package org.dmabuf.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;
import static org.dmabuf.sync.SyncObjWaits.ALL;
import static org.dmabuf.sync.SyncObjWaits.ALL_SUBMIT;
import static org.dmabuf.sync.SyncObjWaits.ANY;
import static org.dmabuf.sync.SyncObjWaits.SUBMIT;
import static org.dmabuf.sync.SyncObjWaits.look;
import static org.dmabuf.sync.SyncObjWaits.waiter;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.dmabuf.Threads;
import org.dmabuf.fence.DmaFence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * IGT's syncobj_wait and the waits of its syncobj_timeline, by the names of their cases: many
 * objects, interrupts, and objects that are emptied or signalled.
 */
class SyncObjComplexWaitTest {
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

  /**
   * Seven objects, of which some are there, some come, some are emptied while they are waited for.
   */
  @ParameterizedTest
  @EnumSource
  @Row("N14")
  void wait_all_for_submit_complex(PointKind kind) throws Exception {
    SyncPoint[] points = new SyncPoint[7];
    List<DmaFence> fences = new ArrayList<>();
    for (int i = 0; i < points.length; i++) {
      SyncObj object = waits.object();
      points[i] = kind.of(object);
      if (i % 2 == 0) {
        fences.add(waits.submitted(kind, object));
      }
    }
    Threads.Running<OptionalInt> waiter = waiter(ALL_SUBMIT, points);
    for (int i = 1; i < points.length; i += 2) {
      fences.add(waits.submitted(kind, points[i].object()));
      points[i].object().reset();
    }
    for (DmaFence fence : fences.subList(1, fences.size())) {
      waits.context.signal(fence);
    }
    waiter.awaitBlockedOn(points[0].object());
    waits.context.signal(fences.getFirst());
    assertThat(waiter.join()).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource
  @Row("N14")
  void wait_for_submit_complex(PointKind kind) throws Exception {
    SyncPoint[] points = new SyncPoint[7];
    for (int i = 0; i < points.length; i++) {
      points[i] = kind.of(waits.object());
    }
    Threads.Running<OptionalInt> waiter = waiter(SUBMIT, points);
    for (int i = 0; i < 5; i++) {
      waits.submitted(kind, points[i].object());
    }
    points[3].object().reset();
    waits.context.signal(waits.submitted(kind, points[5].object()));
    assertThat(waiter.join()).hasValue(5);
  }

  /** Seven objects; what some of them are given later is not waited for. */
  @ParameterizedTest
  @EnumSource
  @Row("N14")
  void wait_any_complex(PointKind kind) throws Exception {
    SyncPoint[] points = new SyncPoint[7];
    List<DmaFence> fences = new ArrayList<>();
    for (int i = 0; i < points.length; i++) {
      points[i] = kind.of(waits.object());
      fences.add(waits.submitted(kind, points[i].object()));
    }
    Threads.Running<OptionalInt> waiter = waiter(ANY, points);
    for (int i = 0; i < points.length; i++) {
      points[i].object().reset();
      if (i % 2 == 0) {
        kind.signal(points[i].object());
      }
    }
    waiter.awaitBlockedOn(points[0].object());
    waits.context.signal(fences.get(4));
    assertThat(waiter.join()).hasValue(4);
  }

  @ParameterizedTest
  @EnumSource
  @Row("N14")
  void wait_all_complex(PointKind kind) throws Exception {
    SyncPoint[] points = new SyncPoint[7];
    List<DmaFence> fences = new ArrayList<>();
    for (int i = 0; i < points.length; i++) {
      points[i] = kind.of(waits.object());
      fences.add(waits.submitted(kind, points[i].object()));
    }
    waits.context.signal(fences.get(2));
    Threads.Running<OptionalInt> waiter = waiter(ALL, points);
    for (int i = 0; i < points.length; i += 3) {
      points[i].object().reset();
      waits.submitted(kind, points[i].object());
    }
    for (int i = points.length - 1; i > 0; i--) {
      waits.context.signal(fences.get(i));
      waiter.awaitBlockedOn(points[0].object());
    }
    waits.context.signal(fences.getFirst());
    assertThat(waiter.join()).as("as they were at the beginning").hasValue(0);
  }

  private void interrupt(PointKind kind, Set<SyncWaitFlag> flags) throws Exception {
    SyncObj[] both = {waits.object(), waits.object()};
    DmaFence first = waits.submitted(kind, both[0]);
    DmaFence second = waits.submitted(kind, both[1]);
    List<SyncPoint> points = List.of(kind.of(both[0]), kind.of(both[1]));
    Threads.Running<Boolean> waiter =
        Threads.start(
            () -> {
              assertErrno(
                  Errno.ERESTARTSYS,
                  () -> SyncWait.await(points, flags, SyncObjWaits.LONG, OptionalLong.empty()));
              return Thread.interrupted();
            });
    waiter.awaitBlockedOn(both[0]);
    waiter.thread().interrupt();
    assertThat(waiter.join()).as("the flag stays").isTrue();
    waits.context.signal(first);
    waits.context.signal(second);
    assertThat(look(flags, points)).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource
  @Row("N14")
  void wait_any_interrupted(PointKind kind) throws Exception {
    interrupt(kind, ANY);
    interrupt(kind, SUBMIT);
  }

  @ParameterizedTest
  @EnumSource
  @Row("N14")
  void wait_all_interrupted(PointKind kind) throws Exception {
    interrupt(kind, ALL);
    interrupt(kind, ALL_SUBMIT);
  }

  @ParameterizedTest
  @EnumSource
  @Row("N14")
  void reset_unsignaled(PointKind kind) {
    SyncObj object = waits.object();
    List<SyncPoint> points = List.of(kind.of(object));
    DmaFence fence = waits.submitted(kind, object);
    assertThat(look(ANY, points)).isEmpty();
    object.reset();
    assertErrno(Errno.EINVAL, () -> look(ANY, points));
    waits.context.signal(fence);
    assertErrno(Errno.EINVAL, () -> look(ANY, points));
  }

  @ParameterizedTest
  @EnumSource
  @Row("N14")
  void reset_signaled(PointKind kind) {
    SyncObj object = waits.object();
    List<SyncPoint> points = List.of(kind.of(object));
    waits.context.signal(waits.submitted(kind, object));
    assertThat(look(ANY, points)).hasValue(0);
    object.reset();
    assertErrno(Errno.EINVAL, () -> look(ANY, points));
  }

  @ParameterizedTest
  @EnumSource
  @Row("N14")
  void signal(PointKind kind) {
    SyncObj object = waits.object();
    List<SyncPoint> points = List.of(kind.of(object));
    kind.signal(object);
    assertThat(look(ANY, points)).hasValue(0);
    object.reset();
    waits.submitted(kind, object);
    assertThat(look(ANY, points)).isEmpty();
  }
}
