package org.dmabuf.sync;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.WeakReference;
import java.util.List;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.dmabuf.Threads;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.Ioctl;
import org.dmabuf.file.IoctlStruct;
import org.dmabuf.file.MmapFlags;
import org.dmabuf.file.PollEvents;
import org.dmabuf.file.Whence;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SyncFileTest {
  private static final int IN_OUT_PRI =
      PollEvents.POLLIN | PollEvents.POLLOUT | PollEvents.POLLPRI | PollEvents.POLLERR;

  @RegisterExtension final Framework framework = new Framework();
  private FileTable table;
  private int a;
  private int b;
  private int a1;
  private int b1;

  @BeforeEach
  void open() {
    DmaBufRegistry client = framework.open("client");
    table = client.files();
    a = SwSyncIoctl.open(client, table, "a", 0);
    b = SwSyncIoctl.open(client, table, "b", 0);
    a1 = SwSyncIoctl.createFence(table, a, 1);
    b1 = SwSyncIoctl.createFence(table, b, 1);
  }

  private SyncFileInfo info(int fd) {
    return SyncIoctl.fileInfo(table, fd);
  }

  private List<String> fences(int fd) {
    return info(fd).fences().stream().map(each -> each.timelineName() + each.status()).toList();
  }

  private DmaFence fence(int fd) {
    return SyncFile.fenceOf(table, fd).orElseThrow();
  }

  @Test
  @Row("Y1")
  void fenceIsFoundBehindSyncFilesOnly() {
    assertThat(SyncFile.fenceOf(table, a1)).isPresent();
    assertThat(SyncFile.fenceOf(table, a)).isEmpty();
    assertThat(SyncFile.fenceOf(table, -1)).isEmpty();
    assertThat(SyncFile.fenceOf(table, 77)).isEmpty();
  }

  @Test
  @Row({"Y2", "C/3", "A/14"})
  void pollIsInOnceCompletedAndNothingElse() {
    assertThat(table.poll(a1, IN_OUT_PRI)).isZero();
    assertThat(table.poll(a1, 0)).isZero();
    SwSyncIoctl.increment(table, a, 1);
    assertThat(table.poll(a1, IN_OUT_PRI)).isEqualTo(PollEvents.POLLIN);
    assertThat(table.poll(a1, PollEvents.POLLOUT)).isZero();
    assertThat(table.poll(a1, 0)).isZero();
    table.close(b);
    assertThat(table.poll(b1, IN_OUT_PRI)).as("with an error").isEqualTo(PollEvents.POLLIN);
  }

  @Test
  @Row({"C/3", "L/11", "L/12"})
  void nothingCanBeSoughtReadWrittenOrMapped() {
    MemorySegment byteOfMemory = MemorySegment.ofArray(new byte[1]);
    assertErrno(Errno.ESPIPE, () -> table.lseek(a1, 0, Whence.SEEK_SET));
    assertErrno(Errno.EINVAL, () -> table.read(a1, byteOfMemory));
    assertErrno(Errno.EBADF, () -> table.write(a1, byteOfMemory));
    int both = MmapFlags.PROT_READ | MmapFlags.PROT_WRITE;
    assertErrno(Errno.EACCES, () -> table.mmap(a1, 4096, 0, both, MmapFlags.MAP_SHARED));
    assertErrno(Errno.EINVAL, () -> table.mmap(a1, 0, 0, both, MmapFlags.MAP_SHARED));
    assertErrno(
        Errno.ENODEV, () -> table.mmap(a1, 4096, 0, MmapFlags.PROT_READ, MmapFlags.MAP_SHARED));
  }

  @Test
  @Row({"Y5", "L/13"})
  void unknownRequestsAreEnotty() {
    assertErrno(Errno.ENOTTY, () -> table.ioctl(a1, Ioctl.none('>', 9), MemorySegment.NULL));
    assertErrno(Errno.ENOTTY, () -> table.ioctl(a1, Ioctl.read('>', 4, 56), MemorySegment.NULL));
    assertErrno(Errno.ENOTTY, () -> SyncIoctl.fileInfo(table, a));
    assertErrno(Errno.ENOTTY, () -> SyncIoctl.merge(table, a, a1));
    assertErrno(Errno.EBADF, () -> SyncIoctl.fileInfo(table, -1));
  }

  @Test
  @Row({"Y3", "C/5"})
  void mergeOfOneTimelineIsTheLaterFence() {
    int a2 = SwSyncIoctl.createFence(table, a, 2);
    for (int merged : new int[] {SyncIoctl.merge(table, a1, a2), SyncIoctl.merge(table, a2, a1)}) {
      assertThat(fence(merged)).isSameAs(fence(a2));
      assertThat(table.isCloseOnExec(merged)).isTrue();
    }
    int self = SyncIoctl.merge(table, a1, a1);
    assertThat(fence(self)).isSameAs(fence(a1));
    assertThat(table.isSame(self, a1)).isFalse();
    assertThat(table.isSame(a1, table.dup(a1))).isTrue();
  }

  @Test
  @Row("L/14")
  void syncFilesOfOneFenceAreTwoFiles() {
    int again = SwSyncIoctl.createFence(table, a, 1);
    assertThat(table.isSame(a1, again)).isFalse();
    assertErrno(Errno.EBADF, () -> table.isSame(a1, 99));
  }

  @Test
  @Row({"Y3", "C/5"})
  void membersAreByContextAndNestedOnesFlat() {
    int ba = SyncIoctl.merge(table, b1, a1);
    assertThat(fences(ba)).containsExactly("a0", "b0");
    int b3 = SwSyncIoctl.createFence(table, b, 3);
    int nested = SyncIoctl.merge(table, SyncIoctl.merge(table, ba, b3), ba);
    assertThat(fences(nested)).containsExactly("a0", "b0");
    SwSyncIoctl.increment(table, b, 1);
    assertThat(fences(ba)).containsExactly("a0", "b1");
    assertThat(fences(nested)).as("the later one of b").containsExactly("a0", "b0");
    assertThat(table.poll(ba, PollEvents.POLLIN)).isZero();
    SwSyncIoctl.increment(table, a, 1);
    assertThat(info(ba).status()).isEqualTo(1);
    assertThat(table.poll(ba, PollEvents.POLLIN)).isEqualTo(PollEvents.POLLIN);
  }

  @Test
  @Row({"L/5", "C/5", "Y3"})
  void mergeOfCompletedOnesIsAStubAndLosesTheError() {
    table.close(a);
    int withPending = SyncIoctl.merge(table, a1, b1);
    assertThat(fences(withPending)).as("completed ones are dropped").containsExactly("b0");
    SwSyncIoctl.increment(table, b, 1);
    int merged = SyncIoctl.merge(table, a1, b1);
    assertThat(info(merged).name()).isEqualTo("stub-stub0-0");
    assertThat(fences(merged)).containsExactly("stub1");
    assertThat(info(merged).status()).isEqualTo(1);
  }

  @Test
  @Row({"L/4", "C/6"})
  void statusIsThatOfTheFirstMemberThatHasNotSucceeded() {
    int ab = SyncIoctl.merge(table, b1, a1);
    assertThat(info(ab).error()).isEmpty();
    table.close(a);
    assertThat(info(ab).error()).contains(Errno.ENOENT);
    assertThat(info(ab).fences().getFirst().error()).contains(Errno.ENOENT);
    assertThat(info(ab).fences().getLast().error()).isEmpty();
    SwSyncIoctl.increment(table, b, 1);
    assertThat(info(ab).status()).isEqualTo(-2);
  }

  @Test
  @Row({"L/4", "C/6"})
  void pendingMemberBeforeAFailedOneCountsFirst() {
    int ab = SyncIoctl.merge(table, b1, a1);
    table.close(b);
    assertThat(fences(ab)).containsExactly("a0", "b-2");
    assertThat(info(ab).status()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"m", "abcdefghijklmnopqrstuvwxyz01234", "näh"})
  @Row({"C/5", "Y1"})
  void nameIsTheUsers(String name) {
    assertThat(info(SyncIoctl.merge(table, a1, b1, name)).name()).isEqualTo(name);
  }

  @Test
  @Row({"C/5", "Y1"})
  void nameIsCutAt31BytesAndMadeUpWhenEmpty() {
    String longer = "abcdefghijklmnopqrstuvwxyz0123456789";
    assertThat(info(SyncIoctl.merge(table, a1, b1, longer)).name())
        .isEqualTo("abcdefghijklmnopqrstuvwxyz01234");
    SyncFileInfo merged = info(SyncIoctl.merge(table, a1, b1, ""));
    assertThat(merged.name()).matches("dma_fence_array-unbound\\d+-1");
    MemorySegment unended = mergeOf(b1, 0, 0);
    for (int i = 0; i < 32; i++) {
      unended.set(ValueLayout.JAVA_BYTE, i, (byte) 'x');
    }
    table.ioctl(a1, SyncIoctl.MERGE, unended);
    assertThat(info(unended.get(ValueLayout.JAVA_INT_UNALIGNED, 36)).name())
        .isEqualTo("x".repeat(31));
  }

  private static MemorySegment mergeOf(int other, int flags, int pad) {
    MemorySegment struct = MemorySegment.ofArray(new byte[48]);
    struct.set(ValueLayout.JAVA_INT_UNALIGNED, 32, other);
    struct.set(ValueLayout.JAVA_INT_UNALIGNED, 36, -7);
    struct.set(ValueLayout.JAVA_INT_UNALIGNED, 40, flags);
    struct.set(ValueLayout.JAVA_INT_UNALIGNED, 44, pad);
    return struct;
  }

  @Test
  @Row({"Y3", "C/5"})
  void mergeChecksFlagsThenTheOtherAndLeavesNothing() {
    int before = table.size();
    for (MemorySegment bad : List.of(mergeOf(b1, 1, 0), mergeOf(b1, 0, 1), mergeOf(-1, 1, 0))) {
      assertErrno(Errno.EINVAL, () -> table.ioctl(a1, SyncIoctl.MERGE, bad));
      assertThat(bad.get(ValueLayout.JAVA_INT_UNALIGNED, 36)).as("untouched").isEqualTo(-7);
    }
    for (int other : new int[] {-1, 99, a}) {
      assertErrno(Errno.ENOENT, () -> SyncIoctl.merge(table, a1, other));
    }
    assertErrno(Errno.EFAULT, () -> table.ioctl(a1, SyncIoctl.MERGE, MemorySegment.NULL));
    MemorySegment readOnly = mergeOf(b1, 0, 0).asReadOnly();
    assertErrno(Errno.EFAULT, () -> table.ioctl(a1, SyncIoctl.MERGE, readOnly));
    assertThat(table.size()).as("descriptors").isEqualTo(before);
    assertErrno(Errno.EBADF, () -> SyncIoctl.merge(table, 99, a1));
  }

  @Test
  @Row({"Y4", "C/4"})
  void infoCountsOrTellsAsThereIsRoom() {
    int ab = SyncIoctl.merge(table, a1, b1, "ab");
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = arena.allocate(56 + 3 * 80);
      IoctlStruct struct = IoctlStruct.of(SyncIoctl.FILE_INFO, memory);
      struct.setLong(48, -1);
      table.ioctl(ab, SyncIoctl.FILE_INFO, memory);
      assertThat(struct.getInt(40)).as("count only, the address is ignored").isEqualTo(2);
      struct.setInt(40, 1);
      struct.setText(0, 32, "before");
      assertErrno(Errno.EINVAL, () -> table.ioctl(ab, SyncIoctl.FILE_INFO, memory));
      assertThat(struct.getText(0, 32)).as("nothing is written").isEqualTo("before");
      struct.setInt(40, 3);
      assertErrno(Errno.EFAULT, () -> table.ioctl(ab, SyncIoctl.FILE_INFO, memory));
      struct.setLong(48, memory.address() + 56 + 2 * 80);
      assertErrno(Errno.EFAULT, () -> table.ioctl(ab, SyncIoctl.FILE_INFO, memory));
      struct.setLong(48, memory.address() + 56);
      table.ioctl(ab, SyncIoctl.FILE_INFO, memory);
      assertThat(struct.getInt(40)).as("more room is ok").isEqualTo(2);
      assertThat(struct.getText(0, 32)).isEqualTo("ab");
      assertThat(IoctlStruct.at(memory, memory.address() + 56, 80).getText(32, 32))
          .isEqualTo("sw_sync");
      struct.setInt(36, 1);
      assertErrno(Errno.EINVAL, () -> table.ioctl(ab, SyncIoctl.FILE_INFO, memory));
      struct.setInt(36, 0);
      struct.setInt(44, 1);
      assertErrno(Errno.EINVAL, () -> table.ioctl(ab, SyncIoctl.FILE_INFO, memory));
    }
  }

  @Test
  @Row({"Y4", "C/4", "C/6"})
  void countAloneHasTheStatusOfTheContainerItself() {
    int ab = SyncIoctl.merge(table, a1, b1);
    table.close(a);
    SwSyncIoctl.increment(table, b, 1);
    MemorySegment memory = MemorySegment.ofArray(new byte[56]);
    table.ioctl(ab, SyncIoctl.FILE_INFO, memory);
    assertThat(memory.get(ValueLayout.JAVA_INT_UNALIGNED, 32)).as("nobody waited").isEqualTo(1);
    assertThat(info(ab).status()).isEqualTo(-2);
  }

  @Test
  @Row("C/4")
  void timeIsThatOfCompletionAndZeroUntilThen() {
    assertThat(info(a1).fences().getFirst().timestamp()).isZero();
    framework.clock().advance(5);
    long then = framework.clock().nanos();
    SwSyncIoctl.increment(table, a, 1);
    framework.clock().advance(5);
    assertThat(info(a1).fences().getFirst().timestamp()).isEqualTo(then);
  }

  @Test
  void typedFilesMergeAndClose() {
    try (SyncFile one = new SyncFile(fence(a1));
        SyncFile two = new SyncFile(fence(b1));
        SyncFile both = SyncFile.merge("both", one, two)) {
      assertThat(both.name()).isEqualTo("both");
      assertThat(both.describe()).contains("both");
      assertThat(both.info().fences()).hasSize(2);
      assertThat(both.fence().isSignaled()).isFalse();
    }
  }

  @Test
  @Row("Y2")
  void releasedFileLeavesNoCallbackOnItsFence() {
    SyncFile file = new SyncFile(fence(a1));
    int fd = file.install(table);
    table.poll(fd, PollEvents.POLLIN);
    table.poll(fd, PollEvents.POLLIN);
    WeakReference<SyncFile> gone = new WeakReference<>(file);
    file = null;
    table.close(fd);
    Threads.awaitCollected(gone);
    assertThat(fence(a1).isSignaled()).isFalse();
  }
}
