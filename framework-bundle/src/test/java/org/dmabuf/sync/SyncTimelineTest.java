package org.dmabuf.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.dmabuf.Threads;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.Ioctl;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.file.PollEvents;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Timelines as programs have them; names of IGT's sw_sync cases where they are those. */
class SyncTimelineTest {
  @RegisterExtension final Framework framework = new Framework();
  private DmaBufRegistry client;
  private FileTable table;

  @BeforeEach
  void open() {
    client = framework.open("client");
    table = client.files();
  }

  private int timeline() {
    return SwSyncIoctl.open(client, table, "line", 0);
  }

  private int status(int fd) {
    return SyncIoctl.fileInfo(table, fd).status();
  }

  @Test
  @Row("Y6")
  void allocTimeline() {
    int fd = timeline();
    assertThat(table.isCloseOnExec(fd)).isFalse();
    assertThat(table.isCloseOnExec(SwSyncIoctl.open(client, table, "line", OpenFlags.O_CLOEXEC)))
        .isTrue();
    table.close(fd);
  }

  @Test
  @Row({"Y6", "C/1"})
  void allocFence() {
    int fence = SwSyncIoctl.createFence(table, timeline(), 1);
    assertThat(table.isCloseOnExec(fence)).as("always").isTrue();
    assertThat(SyncIoctl.fileInfo(table, fence))
        .isEqualTo(
            new SyncFileInfo(
                "sw_sync-line1-1", 0, List.of(new FenceInfo("line", "sw_sync", 0, 0))));
    table.close(fence);
  }

  @Test
  @Row({"Y6", "L/13"})
  void allocFenceInvalidTimeline() {
    assertErrno(Errno.EBADF, () -> SwSyncIoctl.createFence(table, -1, 1));
    assertErrno(Errno.EBADF, () -> SwSyncIoctl.createFence(table, 99, 1));
    int fence = SwSyncIoctl.createFence(table, timeline(), 1);
    assertErrno(Errno.ENOTTY, () -> SwSyncIoctl.createFence(table, fence, 1));
    assertErrno(Errno.ENOTTY, () -> SwSyncIoctl.increment(table, fence, 1));
    assertErrno(Errno.ENOTTY, () -> SwSyncIoctl.getDeadline(table, fence, fence));
  }

  @Test
  @Row({"Y6", "C/1"})
  void timelineClosed() {
    int line = timeline();
    int pending = SwSyncIoctl.createFence(table, line, 1);
    table.close(line);
    assertThat(SyncIoctl.fileInfo(table, pending).error()).contains(Errno.ENOENT);
    assertThat(status(pending)).isEqualTo(-2);
  }

  @Test
  @Row({"Y6", "C/1"})
  void timelineClosedSignaled() {
    int line = timeline();
    int dup = table.dup(line);
    int fence = SwSyncIoctl.createFence(table, line, 1);
    table.close(line);
    assertThat(status(fence)).as("open by another descriptor").isZero();
    SwSyncIoctl.increment(table, dup, 1);
    table.close(dup);
    assertThat(status(fence)).isEqualTo(1);
  }

  @Test
  @Row({"Y6", "C/1"})
  void incrementTakes32BitsWithoutSign() {
    int line = timeline();
    int far = SwSyncIoctl.createFence(table, line, Integer.MAX_VALUE);
    SwSyncIoctl.increment(table, line, -1);
    assertThat(status(far)).as("passed on the way").isEqualTo(1);
    SwSyncIoctl.increment(table, line, 2);
    assertThat(status(SwSyncIoctl.createFence(table, line, 1))).isEqualTo(1);
    assertThat(status(SwSyncIoctl.createFence(table, line, 2))).isZero();
  }

  @Test
  @Row({"C/1", "Y5"})
  void otherCallsOfATimeline() {
    int line = timeline();
    assertThat(table.poll(line, PollEvents.POLLIN | PollEvents.POLLOUT))
        .isEqualTo(PollEvents.POLLIN | PollEvents.POLLOUT);
    assertErrno(Errno.EINVAL, () -> table.read(line, MemorySegment.ofArray(new byte[1])));
    assertErrno(Errno.ENOTTY, () -> table.ioctl(line, Ioctl.none('W', 9), MemorySegment.NULL));
    for (int request :
        new int[] {SwSyncIoctl.CREATE_FENCE, SwSyncIoctl.INCREMENT, SwSyncIoctl.GET_DEADLINE}) {
      assertErrno(Errno.EFAULT, () -> table.ioctl(line, request, MemorySegment.NULL));
    }
    int before = table.size();
    MemorySegment readOnly = MemorySegment.ofArray(new byte[40]).asReadOnly();
    assertErrno(Errno.EFAULT, () -> table.ioctl(line, SwSyncIoctl.CREATE_FENCE, readOnly));
    assertThat(table.size()).as("descriptors").isEqualTo(before);
  }

  /** The recorded scenario c_swsync, steps 38 to 48. */
  @Test
  @Row({"C/2", "N5"})
  void earliestDeadlineIsToldByAnyTimeline() {
    int line = timeline();
    int other = timeline();
    int fence = SwSyncIoctl.createFence(table, line, 1);
    assertErrno(Errno.ENOENT, () -> SwSyncIoctl.getDeadline(table, line, fence));
    SyncIoctl.setDeadline(table, fence, 123_456_789);
    assertThat(SwSyncIoctl.getDeadline(table, line, fence)).isEqualTo(123_456_789);
    SyncIoctl.setDeadline(table, fence, 200_000_000);
    assertThat(SwSyncIoctl.getDeadline(table, line, fence)).isEqualTo(123_456_789);
    SyncIoctl.setDeadline(table, fence, 5);
    assertThat(SwSyncIoctl.getDeadline(table, other, fence)).isEqualTo(5);
    long[] request = {1, (long) fence << 32};
    assertErrno(Errno.EINVAL, () -> deadline(line, request));
    request[0] = 0;
    request[1] |= 1;
    assertErrno(Errno.EINVAL, () -> deadline(line, request));
    assertErrno(Errno.EINVAL, () -> SwSyncIoctl.getDeadline(table, line, -1));
    int merged =
        SyncIoctl.merge(table, fence, SwSyncIoctl.createFence(table, other, 1), "of two lines");
    assertErrno(Errno.EINVAL, () -> SwSyncIoctl.getDeadline(table, line, merged));
    MemorySegment padded = MemorySegment.ofArray(new long[] {1, 1});
    assertErrno(Errno.EINVAL, () -> table.ioctl(fence, SyncIoctl.SET_DEADLINE, padded));
    assertErrno(Errno.EFAULT, () -> table.ioctl(fence, SyncIoctl.SET_DEADLINE, MemorySegment.NULL));
  }

  private void deadline(int line, long[] request) {
    table.ioctl(line, SwSyncIoctl.GET_DEADLINE, MemorySegment.ofArray(request));
  }

  @Test
  @Row("Y6")
  void fullTableGetsNeitherTimelineNorFence() {
    int line = timeline();
    while (table.size() < table.limit()) {
      table.dup(line);
    }
    assertErrno(Errno.EMFILE, () -> SwSyncIoctl.createFence(table, line, 1));
    assertErrno(Errno.EMFILE, this::timeline);
    table.close(line);
    int fence = SwSyncIoctl.createFence(table, 1, 1);
    assertErrno(Errno.EMFILE, () -> SyncIoctl.merge(table, fence, fence));
    Threads.awaitByCollector("only this is left", () -> framework.holdings().fences() == 1);
    assertThat(status(fence)).isZero();
  }

  @Test
  @Row("Y6")
  void typedTimelineEndsWithItsBundle() {
    SyncTimeline line = client.timeline("mine");
    assertThat(line.name()).isEqualTo("mine");
    assertThat(line.contextId()).isPositive();
    DmaFence fence = line.fence(3);
    line.increment(2);
    assertThat(line.value()).isEqualTo(2);
    assertThat(line.describe()).contains("mine", "at 2");
    framework.core().close(client);
    assertThat(fence.error()).contains(Errno.ENOENT);
    assertErrno(Errno.ECANCELED, () -> line.fence(4));
    assertErrno(Errno.ENODEV, () -> client.timeline("late"));
    line.close();
    assertErrno(Errno.EBADF, line::close);
  }

  @Test
  void timelineIsMadeOfATimelinesContextOnly() {
    try (FenceContext driver = client.fenceContext("driver", "line")) {
      assertErrno(Errno.EINVAL, () -> new SyncTimeline(driver));
    }
  }
}
