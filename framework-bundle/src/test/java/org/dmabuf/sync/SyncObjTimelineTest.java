package org.dmabuf.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.dmabuf.Threads;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceChain;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.fence.FenceKind;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** IGT's syncobj_timeline without its waits, by the names of its cases, and what it leaves out. */
class SyncObjTimelineTest {
  @RegisterExtension final Framework framework = new Framework();
  private FenceContext context;
  private SyncObj object;

  @BeforeEach
  void open() {
    context = framework.contexts().open("device", "ring");
    object = new SyncObj(framework.contexts());
  }

  @AfterEach
  void close() {
    context.close();
  }

  private DmaFence add(long point) {
    DmaFence fence = context.create();
    object.add(point, fence);
    return fence;
  }

  private boolean done(long point) {
    return object.await(point, Duration.ZERO);
  }

  @Test
  @Row({"N14", "C/9"})
  void signal_point_0() {
    object.signal(0);
    assertThat(done(0)).isTrue();
    assertThat(object.query()).isZero();
    object.signal(1);
    assertThat(object.query()).isEqualTo(1);
  }

  @Test
  @Row({"N14", "C/9"})
  void signal_array() {
    SyncObjRig rig = new SyncObjRig(framework);
    int[] handles = rig.handles(rig.create(0), rig.create(0));
    SyncObjListIoctl.signalPoints(rig.table, rig.device, handles, new long[] {1, 5});
    assertThat(SyncObjListIoctl.query(rig.table, rig.device, handles, 0)).containsExactly(1, 5);
    SyncObjListIoctl.signal(rig.table, rig.device, handles);
    assertThat(SyncObjListIoctl.query(rig.table, rig.device, handles, 0)).containsExactly(0, 0);
  }

  @Test
  @Row({"N14", "C/9", "L/17"})
  void host_signal_points() {
    for (long point : new long[] {1, 4, 9}) {
      object.signal(point);
      assertThat(object.query()).isEqualTo(point);
    }
    object.signal(3);
    assertThat(object.query()).as("the value stays").isEqualTo(9);
    assertThat(done(5)).isTrue();
    assertErrno(Errno.EINVAL, () -> object.await(10, Duration.ZERO));
  }

  /** What a program signals comes after what the device still has to do before it. */
  @Test
  @Row({"N14", "C/9"})
  void host_signal_ordered() {
    DmaFence device = add(3);
    object.signal(4);
    object.signal(8);
    assertThat(object.query()).isZero();
    assertThat(object.lastSubmitted()).isEqualTo(8);
    assertThat(done(4)).isFalse();
    context.signal(device);
    assertThat(object.query()).isEqualTo(8);
    assertThat(done(4)).isTrue();
  }

  @Test
  @Row({"N14", "C/9"})
  void device_signal_unordered() {
    List<DmaFence> fences = new ArrayList<>(List.of(add(1), add(2), add(3)));
    context.signal(fences.get(2));
    assertThat(object.query()).isZero();
    assertThat(object.lastSubmitted()).isEqualTo(3);
    context.signal(fences.get(0));
    assertThat(object.query()).isEqualTo(1);
    assertThat(done(1)).isTrue();
    assertThat(done(2)).isFalse();
    context.signal(fences.get(1));
    assertThat(object.query()).isEqualTo(3);
  }

  @Test
  @Row({"N14", "L/17"})
  void device_submit_unordered() {
    DmaFence first = add(5);
    DmaFence late = add(3);
    assertThat(object.lastSubmitted()).isEqualTo(5);
    context.signal(first);
    assertThat(object.query()).as("what came late hides it").isZero();
    assertThat(done(5)).isFalse();
    context.signal(late);
    assertThat(object.query()).isEqualTo(5);
  }

  @Test
  @Row({"N14", "L/17"})
  void limit_of_32_bits() {
    long limit = 0xffff_ffffL;
    for (long point : new long[] {limit - 1, limit, limit + 1, limit * 8, -2, -1}) {
      object.signal(point);
      assertThat(object.query()).isEqualTo(point);
      assertThat(done(point)).isTrue();
    }
  }

  @Test
  @Row("N14")
  void aResetTakesTheNumbersToo() {
    context.signal(add(2));
    assertThat(object.query()).isEqualTo(2);
    object.reset();
    assertThat(object.fence()).isEmpty();
    assertThat(object.query()).isZero();
    assertThat(object.lastSubmitted()).isZero();
    add(1);
    assertThat(object.lastSubmitted()).isEqualTo(1);
  }

  @Test
  @Row({"N14", "L/16"})
  void transfer_timeline_point() {
    DmaFence two = add(2);
    DmaFence four = add(4);
    SyncObj binary = new SyncObj(framework.contexts());
    binary.transfer(0, object.require(2));
    assertThat(binary.fence().orElseThrow().kind())
        .as("the chain itself")
        .isEqualTo(FenceKind.CHAIN);
    assertThat(binary.lastSubmitted()).isEqualTo(2);
    SyncObj timeline = new SyncObj(framework.contexts());
    timeline.transfer(7, object.require(4));
    assertThat(timeline.lastSubmitted()).isEqualTo(7);
    assertThat(((FenceChain) timeline.fence().orElseThrow()).fence())
        .as("of one context the later")
        .isSameAs(four);
    context.signal(two);
    assertThat(binary.await(0, Duration.ZERO)).isTrue();
    assertThat(timeline.query()).isZero();
    context.signal(four);
    assertThat(timeline.query()).isEqualTo(7);
    timeline.transfer(9, object.require(1));
    assertThat(((FenceChain) timeline.fence().orElseThrow()).fence().kind())
        .isEqualTo(FenceKind.STUB);
  }

  @Test
  @Row({"N14", "L/16", "C/9"})
  void aTransferOfWhatNobodySubmitsGivesUp() throws Exception {
    SyncObjRig rig = new SyncObjRig(framework);
    int a = rig.create(0);
    int b = rig.create(0);
    for (int flags : new int[] {0, 1, 8, -1}) {
      assertErrno(Errno.EINVAL, () -> transfer(rig, a, b, flags));
    }
    Threads.Running<Object> waiter =
        Threads.start(
            () -> {
              assertErrno(Errno.ETIME, () -> transfer(rig, a, b, SyncObjIoctl.WAIT_FOR_SUBMIT));
              return null;
            });
    framework.clock().awaitScheduled(1);
    framework.clock().advance(SyncObj.SUBMIT_BOUND.toNanos());
    waiter.join();
  }

  private static void transfer(SyncObjRig rig, int to, int from, int flags) {
    SyncObjIoctl.transfer(rig.table, rig.device, to, 1, from, 1, flags);
  }

  @Test
  @Row({"L/16", "N14"})
  void aTransferWaitsForTheSubmit() throws Exception {
    Threads.Running<DmaFence> waiter = Threads.start(() -> object.awaitSubmitted(3));
    waiter.awaitBlockedOn(object);
    add(2);
    waiter.awaitBlockedOn(object);
    DmaFence fence = add(4);
    assertThat(((FenceChain) waiter.join()).fence()).isSameAs(fence);
  }

  @Test
  @Row("L/17")
  void aPointOverABinaryFenceWaitsForThatToo() {
    DmaFence binary = context.create();
    object.replace(binary);
    DmaFence point = add(1);
    context.signal(point);
    assertThat(done(1)).isFalse();
    context.signal(binary);
    assertThat(done(1)).isTrue();
    assertThat(object.query()).isEqualTo(1);
  }

  @Test
  @Row({"L/17", "L/18", "Y4"})
  void anExportedTimelineListsItsLastPointAndWhatIsPendingAndMakesATimelineAgain() {
    SyncObjRig rig = new SyncObjRig(framework);
    int[] source = rig.handles(rig.create(0));
    int t = SwSyncIoctl.open(rig.client, rig.table, "t", 0);
    int pending = SwSyncIoctl.createFence(rig.table, t, 9);
    SyncObjIoctl.fromFile(rig.table, rig.device, pending, source[0], SyncObjIoctl.SYNC_FILE);
    SyncObjListIoctl.signalPoints(rig.table, rig.device, source, new long[] {6});
    int file = SyncObjIoctl.toFile(rig.table, rig.device, source[0], SyncObjIoctl.SYNC_FILE);
    SyncFileInfo info = SyncIoctl.fileInfo(rig.table, file);
    assertThat(info.fences()).extracting(FenceInfo::status).containsExactly(1, 0);
    assertThat(info.status()).isZero();
    int[] target = rig.handles(rig.create(0));
    SyncObjIoctl.fromFile(rig.table, rig.device, file, target[0], SyncObjIoctl.SYNC_FILE);
    assertThat(
            SyncObjListIoctl.query(
                rig.table, rig.device, target, SyncObjIoctl.QUERY_LAST_SUBMITTED))
        .containsExactly(6);
    assertThat(SyncObjListIoctl.query(rig.table, rig.device, target, 0)).containsExactly(0);
    SwSyncIoctl.increment(rig.table, t, 9);
    assertThat(SyncObjListIoctl.query(rig.table, rig.device, target, 0)).containsExactly(6);
  }

  /** Nobody waits for it and nobody asks: adding forgets what has completed. */
  @Test
  @Row({"S15", "K/3"})
  void aTimelineDoesNotGrow() {
    DmaFence fence = add(1);
    WeakReference<DmaFence> first = new WeakReference<>(object.fence().orElseThrow());
    context.signal(fence);
    add(2);
    Threads.awaitCollected(first);
    assertThat(object.lastSubmitted()).isEqualTo(2);
  }
}
