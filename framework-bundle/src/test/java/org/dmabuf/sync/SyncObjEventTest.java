package org.dmabuf.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.dmabuf.Threads;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.file.PollEvents;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** IGT's syncobj_eventfd by the names of its cases, and event files. */
class SyncObjEventTest {
  @RegisterExtension final Framework framework = new Framework();
  private SyncObjRig rig;
  private int[] object;
  private int event;

  @BeforeEach
  void open() {
    rig = new SyncObjRig(framework);
    object = rig.handles(rig.create(0));
    event = EventFd.open(rig.table, 0, OpenFlags.O_NONBLOCK);
  }

  private void watch(long point, int flags) {
    SyncObjIoctl.event(rig.table, rig.device, object[0], point, event, flags);
  }

  private boolean isReady() {
    return (rig.table.poll(event, PollEvents.POLLIN) & PollEvents.POLLIN) != 0;
  }

  @Test
  @Row({"N14", "C/9"})
  void invalid_arguments() {
    int handle = object[0];
    assertErrno(Errno.EINVAL, () -> watch(0, 0xdead));
    assertErrno(Errno.EINVAL, () -> rig.raw(SyncObjIoctl.EVENTFD, 0xdead, 0, 0, 0, -1, 0xdead));
    assertErrno(Errno.ENOENT, () -> SyncObjIoctl.event(rig.table, rig.device, 0xdead, 0, -1, 0));
    assertErrno(Errno.EBADF, () -> SyncObjIoctl.event(rig.table, rig.device, handle, 0, -1, 0));
    assertErrno(
        Errno.EINVAL, () -> SyncObjIoctl.event(rig.table, rig.device, handle, 0, rig.device, 0));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 5})
  @Row("N14")
  void binary_and_timeline_wait(long point) {
    int t = SwSyncIoctl.open(rig.client, rig.table, "t", 0);
    int fence = SwSyncIoctl.createFence(rig.table, t, 1);
    SyncObjIoctl.fromFile(rig.table, rig.device, fence, object[0], SyncObjIoctl.SYNC_FILE);
    if (point != 0) {
      SyncObjIoctl.transfer(rig.table, rig.device, object[0], point, object[0], 0, 0);
    }
    watch(point, 0);
    assertThat(isReady()).isFalse();
    SwSyncIoctl.increment(rig.table, t, 1);
    assertThat(isReady()).isTrue();
    assertThat(read()).isEqualTo(1);
    assertThat(isReady()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 5})
  @Row("N14")
  void wait_before_signal(long point) {
    watch(point, 0);
    watch(point, SyncObjIoctl.WAIT_AVAILABLE);
    assertThat(isReady()).isFalse();
    SyncObjListIoctl.signalPoints(rig.table, rig.device, object, new long[] {point});
    assertThat(read()).as("both").isEqualTo(2);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 5})
  @Row("N14")
  void wait_signaled(long point) {
    SyncObjListIoctl.signalPoints(rig.table, rig.device, object, new long[] {point});
    watch(point, 0);
    assertThat(read()).isEqualTo(1);
  }

  @Test
  @Row("N14")
  void whatIsSubmittedIsToldToWhoAskedForThatOnly() {
    watch(0, 0);
    int pending = rig.pending("t");
    SyncObjIoctl.fromFile(rig.table, rig.device, pending, object[0], SyncObjIoctl.SYNC_FILE);
    assertThat(isReady()).isFalse();
    watch(0, SyncObjIoctl.WAIT_AVAILABLE);
    assertThat(read()).isEqualTo(1);
  }

  private long read() {
    MemorySegment memory = MemorySegment.ofArray(new byte[Long.BYTES]);
    rig.table.read(event, memory);
    return memory.get(ValueLayout.JAVA_LONG_UNALIGNED, 0);
  }

  private void write(int fd, long value) {
    MemorySegment memory = MemorySegment.ofArray(new byte[Long.BYTES]);
    memory.set(ValueLayout.JAVA_LONG_UNALIGNED, 0, value);
    rig.table.write(fd, memory);
  }

  @Test
  @Row("N14")
  void anEventFileCounts() {
    assertErrno(Errno.EAGAIN, this::read);
    write(event, 3);
    write(event, 4);
    assertThat(rig.table.poll(event, PollEvents.POLLIN | PollEvents.POLLOUT))
        .isEqualTo(PollEvents.POLLIN | PollEvents.POLLOUT);
    assertThat(read()).isEqualTo(7);
    write(event, -2);
    assertThat(rig.table.poll(event, PollEvents.POLLOUT)).isZero();
    assertErrno(Errno.EAGAIN, () -> write(event, 1));
    assertErrno(Errno.EINVAL, () -> write(event, -1));
    assertErrno(Errno.EINVAL, () -> rig.table.read(event, MemorySegment.ofArray(new byte[4])));
    assertErrno(Errno.EINVAL, () -> EventFd.open(rig.table, 0, OpenFlags.O_APPEND));
  }

  @Test
  @Row("N14")
  void readingAnEmptyEventFileWaits() throws Exception {
    int waits = EventFd.open(rig.table, 0, OpenFlags.O_CLOEXEC);
    Threads.Running<Long> reader =
        Threads.start(() -> rig.table.read(waits, MemorySegment.ofArray(new byte[Long.BYTES])));
    reader.awaitBlocked();
    write(waits, 1);
    assertThat(reader.join()).isEqualTo(8);
  }
}
