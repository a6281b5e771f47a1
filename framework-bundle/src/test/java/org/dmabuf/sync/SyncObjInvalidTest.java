package org.dmabuf.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The invalid calls of IGT's syncobj_wait and syncobj_timeline, by the names of their cases; those
 * of both suites with both requests. A refused call has changed nothing.
 */
class SyncObjInvalidTest {
  private static final int BAD = 0xdead;

  @RegisterExtension final Framework framework = new Framework();
  private SyncObjRig rig;
  private int object;
  private int[] one;
  private int[] oneAndAnother;

  @BeforeEach
  void open() {
    rig = new SyncObjRig(framework);
    object = rig.create(0);
    one = rig.handles(object);
    oneAndAnother = rig.handles(object, BAD);
  }

  private void await(PointKind kind, int[] handles, int flags) {
    if (kind == PointKind.BINARY) {
      SyncObjListIoctl.await(rig.table, rig.device, handles, flags, 0);
    } else {
      SyncObjListIoctl.awaitPoints(
          rig.table, rig.device, handles, new long[handles.length], flags, 0);
    }
  }

  private void signal(PointKind kind, int[] handles) {
    if (kind == PointKind.BINARY) {
      SyncObjListIoctl.signal(rig.table, rig.device, handles);
    } else {
      long[] points = new long[handles.length];
      SyncObjListIoctl.signalPoints(rig.table, rig.device, handles, points);
    }
  }

  private void query(int... handles) {
    SyncObjListIoctl.query(rig.table, rig.device, handles, 0);
  }

  private void assertStillEmpty(Errno refused, ThrowingCallable call) {
    assertErrno(refused, call);
    assertErrno(Errno.EINVAL, () -> await(PointKind.BINARY, one, 0));
  }

  private void assertStillSignaled(Errno refused, ThrowingCallable call) {
    SyncObjListIoctl.signal(rig.table, rig.device, one);
    assertErrno(refused, call);
    await(PointKind.BINARY, one, 0);
  }

  @ParameterizedTest
  @EnumSource
  @Row({"N14", "C/8", "L/18"})
  void invalid_wait_bad_flags(PointKind kind) {
    SyncObjListIoctl.signal(rig.table, rig.device, one);
    assertErrno(Errno.EINVAL, () -> await(kind, one, BAD));
    assertErrno(Errno.EINVAL, () -> await(kind, rig.handles(BAD), -1));
  }

  @ParameterizedTest
  @EnumSource
  @Row({"N14", "C/8", "L/18"})
  void wait_zero_handles(PointKind kind) {
    await(kind, rig.handles(), 0);
    await(kind, rig.handles(), SyncObjIoctl.WAIT_ALL | SyncObjIoctl.WAIT_FOR_SUBMIT);
  }

  @ParameterizedTest
  @EnumSource
  @Row({"N14", "C/8"})
  void invalid_wait_illegal_handle(PointKind kind) {
    assertErrno(Errno.ENOENT, () -> await(kind, rig.handles(0), 0));
    assertErrno(Errno.ENOENT, () -> await(kind, oneAndAnother, SyncObjIoctl.WAIT_FOR_SUBMIT));
  }

  @Test
  @Row({"N14", "C/8"})
  void invalid_reset_zero_handles() {
    assertErrno(Errno.EINVAL, () -> SyncObjListIoctl.reset(rig.table, rig.device, rig.handles()));
  }

  @Test
  @Row({"N14", "C/8"})
  void invalid_reset_illegal_handle() {
    assertErrno(Errno.ENOENT, () -> SyncObjListIoctl.reset(rig.table, rig.device, rig.handles(0)));
  }

  @Test
  @Row({"N14", "C/8"})
  void invalid_reset_one_illegal_handle() {
    assertStillSignaled(
        Errno.ENOENT, () -> SyncObjListIoctl.reset(rig.table, rig.device, oneAndAnother));
  }

  @Test
  @Row("N14")
  void invalid_reset_bad_pad() {
    assertStillSignaled(
        Errno.EINVAL, () -> rig.rawList(SyncObjIoctl.RESET, SyncObjArrays.COUNT, one, BAD));
  }

  @ParameterizedTest
  @EnumSource
  @Row({"N14", "C/8"})
  void invalid_signal_zero_handles(PointKind kind) {
    assertErrno(Errno.EINVAL, () -> signal(kind, rig.handles()));
  }

  @ParameterizedTest
  @EnumSource
  @Row({"N14", "C/8"})
  void invalid_signal_illegal_handle(PointKind kind) {
    assertErrno(Errno.ENOENT, () -> signal(kind, rig.handles(0)));
  }

  @ParameterizedTest
  @EnumSource
  @Row({"N14", "C/8"})
  void invalid_signal_one_illegal_handle(PointKind kind) {
    assertStillEmpty(Errno.ENOENT, () -> signal(kind, oneAndAnother));
  }

  @Test
  @Row("N14")
  void invalid_signal_bad_pad() {
    assertStillEmpty(
        Errno.EINVAL, () -> rig.rawList(SyncObjIoctl.SIGNAL, SyncObjArrays.COUNT, one, BAD));
    assertStillEmpty(
        Errno.EINVAL,
        () -> rig.rawList(SyncObjIoctl.TIMELINE_SIGNAL, SyncObjArrays.POINTS_COUNT, one, BAD));
  }

  @Test
  @Row({"N14", "C/9"})
  void invalid_signal_illegal_point() {
    assertStillEmpty(
        Errno.EFAULT,
        () -> rig.table.ioctl(rig.device, SyncObjIoctl.TIMELINE_SIGNAL, rig.pointsOutOfReach(one)));
  }

  @Test
  @Row("N14")
  void invalid_query_zero_handles() {
    assertErrno(Errno.EINVAL, this::query);
  }

  @Test
  @Row({"N14", "C/9"})
  void invalid_query_illegal_handle() {
    assertErrno(Errno.ENOENT, () -> query(0));
  }

  @Test
  @Row({"N14", "C/9"})
  void invalid_query_one_illegal_handle() {
    assertErrno(Errno.ENOENT, () -> query(oneAndAnother));
    query(one);
  }

  @Test
  @Row("N14")
  void invalid_query_bad_pad() {
    assertErrno(
        Errno.EINVAL, () -> rig.rawList(SyncObjIoctl.QUERY, SyncObjArrays.POINTS_COUNT, one, BAD));
  }

  private void transfer(int to, int from, int flags) {
    SyncObjIoctl.transfer(rig.table, rig.device, to, 1, from, 1, flags);
  }

  @Test
  @Row({"N14", "L/16"})
  void invalid_transfer_illegal_handle() {
    for (int flags : new int[] {0, SyncObjIoctl.WAIT_FOR_SUBMIT, BAD}) {
      assertStillEmpty(Errno.ENOENT, () -> transfer(object, BAD, flags));
      assertStillEmpty(Errno.ENOENT, () -> transfer(BAD, object, flags));
    }
  }

  @Test
  @Row("N14")
  void invalid_transfer_bad_pad() {
    SyncObjListIoctl.signal(rig.table, rig.device, one);
    int to = rig.create(0);
    assertErrno(Errno.EINVAL, () -> rig.raw(SyncObjIoctl.TRANSFER, object, to, 0, 0, 0, 0, 0, BAD));
    assertErrno(Errno.EINVAL, () -> await(PointKind.BINARY, rig.handles(to), 0));
  }

  @Test
  @Row("N14")
  void invalid_transfer_bad_flags() {
    SyncObjListIoctl.signal(rig.table, rig.device, one);
    int to = rig.create(0);
    for (int flags : new int[] {1, 4, 8, BAD, -1}) {
      assertErrno(
          Errno.EINVAL,
          () -> SyncObjIoctl.transfer(rig.table, rig.device, to, 0, object, 0, flags));
    }
    assertErrno(Errno.EINVAL, () -> await(PointKind.BINARY, rig.handles(to), 0));
    SyncObjIoctl.transfer(rig.table, rig.device, to, 0, object, 0, SyncObjIoctl.WAIT_FOR_SUBMIT);
    await(PointKind.BINARY, rig.handles(to), 0);
  }

  @Test
  @Row({"N14", "L/16", "C/9"})
  void invalid_transfer_non_existent_point() {
    int to = rig.create(0);
    assertErrno(Errno.EINVAL, () -> transfer(to, object, 0));
    SyncObjListIoctl.signalPoints(rig.table, rig.device, one, new long[] {7});
    SyncObjIoctl.transfer(rig.table, rig.device, to, 1, object, 7, 0);
    assertErrno(
        Errno.EINVAL, () -> SyncObjIoctl.transfer(rig.table, rig.device, to, 2, object, 8, 0));
    assertThat(SyncObjListIoctl.query(rig.table, rig.device, rig.handles(to), 0))
        .containsExactly(1);
  }

  @ParameterizedTest
  @EnumSource
  @Row("N14")
  void reset_multiple_signaled(PointKind kind) {
    int[] three = rig.handles(rig.create(0), rig.create(0), rig.create(0));
    signal(kind, three);
    for (int each : three) {
      await(kind, rig.handles(each), 0);
    }
    SyncObjListIoctl.reset(rig.table, rig.device, three);
    for (int each : three) {
      assertErrno(Errno.EINVAL, () -> await(kind, rig.handles(each), 0));
    }
  }
}
