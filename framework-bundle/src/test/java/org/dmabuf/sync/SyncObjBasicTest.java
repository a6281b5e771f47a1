package org.dmabuf.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.dmabuf.file.Ioctl;
import org.dmabuf.file.IoctlStruct;
import org.dmabuf.file.PollEvents;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** IGT's syncobj_basic by the names of its cases, and what it leaves out. */
class SyncObjBasicTest {
  @RegisterExtension final Framework framework = new Framework();
  private SyncObjRig rig;

  @BeforeEach
  void open() {
    rig = new SyncObjRig(framework);
  }

  @Test
  @Row({"N14", "C/8"})
  void bad_destroy() {
    assertErrno(Errno.EINVAL, () -> SyncObjIoctl.destroy(rig.table, rig.device, 0xdead));
    int handle = rig.create(0);
    SyncObjIoctl.destroy(rig.table, rig.device, handle);
    assertErrno(Errno.EINVAL, () -> SyncObjIoctl.destroy(rig.table, rig.device, handle));
  }

  @Test
  @Row("N14")
  void bad_create_flags() {
    assertErrno(Errno.EINVAL, () -> rig.create(0xdead));
    assertErrno(Errno.EINVAL, () -> rig.create(-1));
    assertThat(rig.create(0)).as("no number was lost").isEqualTo(1);
  }

  @Test
  @Row({"N14", "C/8"})
  void bad_handle_to_fd() {
    assertErrno(Errno.EINVAL, () -> SyncObjIoctl.toFile(rig.table, rig.device, 0xdead, 0));
    assertErrno(
        Errno.ENOENT,
        () -> SyncObjIoctl.toFile(rig.table, rig.device, 0xdead, SyncObjIoctl.SYNC_FILE));
  }

  @Test
  @Row({"N14", "C/8"})
  void bad_fd_to_handle() {
    assertErrno(Errno.EINVAL, () -> SyncObjIoctl.fromFile(rig.table, rig.device, 0xdead, 0, 0));
    assertErrno(Errno.EINVAL, () -> SyncObjIoctl.fromFile(rig.table, rig.device, -1, 0, 1));
  }

  @Test
  @Row("N14")
  void bad_flags_handle_to_fd() {
    int handle = rig.create(0);
    assertErrno(Errno.EINVAL, () -> SyncObjIoctl.toFile(rig.table, rig.device, handle, 0xdead));
  }

  @Test
  @Row("N14")
  void bad_flags_fd_to_handle() {
    int file = SyncObjIoctl.toFile(rig.table, rig.device, rig.create(0), 0);
    assertErrno(Errno.EINVAL, () -> SyncObjIoctl.fromFile(rig.table, rig.device, file, 0, 0xdead));
  }

  @Test
  @Row("N14")
  void bad_pad_handle_to_fd() {
    int handle = rig.create(0);
    assertErrno(Errno.EINVAL, () -> rig.raw(SyncObjIoctl.HANDLE_TO_FD, handle, 0, 0, 0xdead));
  }

  @Test
  @Row("N14")
  void bad_pad_fd_to_handle() {
    int file = SyncObjIoctl.toFile(rig.table, rig.device, rig.create(0), 0);
    assertErrno(Errno.EINVAL, () -> rig.raw(SyncObjIoctl.FD_TO_HANDLE, 0, 0, file, 0xdead));
  }

  @Test
  @Row({"N14", "C/8"})
  void illegal_fd_to_handle() {
    assertErrno(Errno.EINVAL, () -> SyncObjIoctl.fromFile(rig.table, rig.device, rig.device, 0, 0));
    assertErrno(
        Errno.EINVAL, () -> SyncObjIoctl.fromFile(rig.table, rig.device, rig.pending("t"), 0, 0));
  }

  @Test
  @Row("N14")
  void bad_destroy_pad() {
    int handle = rig.create(0);
    assertErrno(Errno.EINVAL, () -> rig.raw(SyncObjIoctl.DESTROY, handle, 0xdead));
    SyncObjIoctl.destroy(rig.table, rig.device, handle);
  }

  @Test
  @Row("N14")
  void create_signaled() {
    int[] handle = rig.handles(rig.create(SyncObjIoctl.CREATE_SIGNALED));
    assertThat(SyncObjListIoctl.await(rig.table, rig.device, handle, 0, 0)).isZero();
  }

  @Test
  @Row({"N14", "C/8", "L/14"})
  void test_valid_cycle() {
    int first = rig.create(0);
    int file = SyncObjIoctl.toFile(rig.table, rig.device, first, 0);
    int another = SyncObjIoctl.toFile(rig.table, rig.device, first, 0);
    assertThat(rig.table.isSame(file, another)).as("each is a file of its own").isFalse();
    assertThat(rig.table.isCloseOnExec(file)).isTrue();
    assertThat(rig.table.poll(file, PollEvents.POLLIN)).isEqualTo(PollEvents.POLLIN);
    int second = SyncObjIoctl.fromFile(rig.table, rig.device, file, 0, 0);
    assertThat(second).isNotEqualTo(first);
    SyncObjIoctl.destroy(rig.table, rig.device, first);
    rig.table.close(file);
    SyncObjListIoctl.signal(rig.table, rig.device, rig.handles(second));
    int third = SyncObjIoctl.fromFile(rig.table, rig.device, another, 0, 0);
    assertThat(third).as("the lowest number that is free").isEqualTo(first);
    assertThat(SyncObjListIoctl.await(rig.table, rig.device, rig.handles(third), 0, 0)).isZero();
  }

  @Test
  @Row({"C/8", "L/13"})
  void whatTheDeviceDoesNotHave() {
    assertErrno(Errno.EINVAL, () -> rig.raw(Ioctl.readWrite('d', 0x01, 8)));
    assertErrno(Errno.ENOTTY, () -> SyncIoctl.fileInfo(rig.table, rig.device));
    assertErrno(Errno.ENOTTY, () -> SyncObjIoctl.create(rig.table, rig.pending("t"), 0));
    assertErrno(Errno.EBADF, () -> SyncObjIoctl.create(rig.table, -1, 0));
    assertThat(rig.table.poll(rig.device, PollEvents.POLLIN | PollEvents.POLLOUT)).isZero();
  }

  @Test
  @Row({"N14", "C/8", "L/18"})
  void listsThatCannotBeReadAndRequestsWithoutHandles() {
    int good = rig.create(0);
    assertErrno(Errno.EFAULT, () -> rig.raw(SyncObjIoctl.WAIT, 0, 0, 0, 0, 1, 0));
    assertErrno(Errno.EFAULT, () -> rig.raw(SyncObjIoctl.RESET, 0, 0, 1, 0));
    assertErrno(Errno.EFAULT, () -> rig.raw(SyncObjIoctl.RESET, 1 << 20, 0, -1, 0));
    assertErrno(
        Errno.EINVAL,
        () ->
            SyncObjListIoctl.await(
                rig.table, rig.device, rig.handles(), SyncObjIoctl.WAIT_AVAILABLE, 0));
    assertErrno(Errno.EINVAL, () -> SyncObjIoctl.toFile(rig.table, rig.device, good, 1));
  }

  @Test
  @Row({"C/9"})
  void withoutPointsItIsPoint0ThatIsSignalled() {
    int handle = rig.create(0);
    MemorySegment memory = MemorySegment.ofArray(new byte[28]);
    IoctlStruct struct = IoctlStruct.of(SyncObjIoctl.TIMELINE_SIGNAL, memory);
    struct.setLong(SyncObjArrays.HANDLES, memory.address() + 24);
    struct.setInt(SyncObjArrays.POINTS_COUNT, 1);
    memory.set(ValueLayout.JAVA_INT_UNALIGNED, 24, handle);
    rig.table.ioctl(rig.device, SyncObjIoctl.TIMELINE_SIGNAL, memory);
    assertThat(SyncObjListIoctl.await(rig.table, rig.device, rig.handles(handle), 0, 0)).isZero();
    assertThat(SyncObjListIoctl.query(rig.table, rig.device, rig.handles(handle), 0))
        .containsExactly(0);
  }
}
