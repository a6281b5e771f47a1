package org.dmabuf.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.sync.SyncObjWaits.ALL;
import static org.dmabuf.sync.SyncObjWaits.ALL_SUBMIT;
import static org.dmabuf.sync.SyncObjWaits.ANY;
import static org.dmabuf.sync.SyncObjWaits.SUBMIT;
import static org.dmabuf.sync.SyncObjWaits.waiter;

import java.util.OptionalInt;
import java.util.Set;
import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.dmabuf.Threads;
import org.dmabuf.fence.DmaFence;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * IGT's syncobj_wait and the waits of its syncobj_timeline, by the names of their cases: threads
 * that wait while the objects change.
 */
class SyncObjLongWaitTest {
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

  @ParameterizedTest
  @EnumSource
  @Row("N14")
  void wait_delayed_signal(PointKind kind) throws Exception {
    SyncObj object = waits.object();
    DmaFence fence = waits.submitted(kind, object);
    Threads.Running<OptionalInt> waiter = waiter(ANY, kind.of(object));
    waits.context.signal(fence);
    assertThat(waiter.join()).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource
  @Row("N14")
  void wait_for_submit_delayed_submit(PointKind kind) throws Exception {
    SyncObj object = waits.object();
    Threads.Running<OptionalInt> waiter = waiter(SUBMIT, kind.of(object));
    waits.context.signal(waits.submitted(kind, object));
    assertThat(waiter.join()).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource
  @Row("N14")
  void wait_all_delayed_signal(PointKind kind) throws Exception {
    SyncObj a = waits.object();
    SyncObj b = waits.object();
    DmaFence first = waits.submitted(kind, a);
    DmaFence second = waits.submitted(kind, b);
    Threads.Running<OptionalInt> waiter = waiter(ALL, kind.of(a), kind.of(b));
    waits.context.signal(second);
    waiter.awaitBlockedOn(a);
    waits.context.signal(first);
    assertThat(waiter.join()).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource
  @Row("N14")
  void wait_all_for_submit_delayed_submit(PointKind kind) throws Exception {
    SyncObj a = waits.object();
    SyncObj b = waits.object();
    DmaFence first = waits.submitted(kind, a);
    Threads.Running<OptionalInt> waiter = waiter(ALL_SUBMIT, kind.of(a), kind.of(b));
    waits.context.signal(first);
    waits.context.signal(waits.submitted(kind, b));
    assertThat(waiter.join()).hasValue(0);
  }

  @Test
  @Row("N14")
  void wait_available_ends_with_the_submit() throws Exception {
    SyncObj object = waits.object();
    Threads.Running<OptionalInt> waiter =
        waiter(Set.of(SyncWaitFlag.AVAILABLE), new SyncPoint(object, 1));
    waits.submitted(PointKind.TIMELINE, object);
    assertThat(waiter.join()).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource
  @Row("N14")
  void reset_during_wait_for_submit(PointKind kind) throws Exception {
    SyncObj object = waits.object();
    Threads.Running<OptionalInt> waiter = waiter(SUBMIT, kind.of(object));
    object.reset();
    waits.context.signal(waits.submitted(kind, object));
    assertThat(waiter.join()).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource
  @Row("N14")
  void wait_any_snapshot(PointKind kind) throws Exception {
    SyncObj a = waits.object();
    SyncObj b = waits.object();
    waits.submitted(kind, a);
    DmaFence waited = waits.submitted(kind, b);
    Threads.Running<OptionalInt> waiter = waiter(ANY, kind.of(a), kind.of(b));
    b.reset();
    waits.context.signal(waits.submitted(kind, b));
    waiter.awaitBlockedOn(a);
    waits.context.signal(waited);
    assertThat(waiter.join()).hasValue(1);
  }

  @ParameterizedTest
  @EnumSource
  @Row("N14")
  void wait_all_snapshot(PointKind kind) throws Exception {
    SyncObj a = waits.object();
    SyncObj b = waits.object();
    DmaFence first = waits.submitted(kind, a);
    DmaFence second = waits.submitted(kind, b);
    Threads.Running<OptionalInt> waiter = waiter(ALL, kind.of(a), kind.of(b));
    a.reset();
    b.reset();
    waits.context.signal(first);
    waits.context.signal(second);
    assertThat(waiter.join()).hasValue(0);
  }

  @ParameterizedTest
  @EnumSource
  @Row("N14")
  void wait_for_submit_snapshot(PointKind kind) throws Exception {
    SyncObj object = waits.object();
    Threads.Running<OptionalInt> waiter = waiter(SUBMIT, kind.of(object));
    DmaFence waited = waits.submitted(kind, object);
    object.reset();
    waits.submitted(kind, object);
    waits.context.signal(waited);
    assertThat(waiter.join()).as("the first that came").hasValue(0);
  }

  @ParameterizedTest
  @EnumSource
  @Row("N14")
  void wait_all_for_submit_snapshot(PointKind kind) throws Exception {
    SyncObj a = waits.object();
    SyncObj b = waits.object();
    Threads.Running<OptionalInt> waiter = waiter(ALL_SUBMIT, kind.of(a), kind.of(b));
    DmaFence first = waits.submitted(kind, a);
    DmaFence second = waits.submitted(kind, b);
    a.reset();
    b.reset();
    waits.context.signal(second);
    waits.context.signal(first);
    assertThat(waiter.join()).hasValue(0);
  }
}
