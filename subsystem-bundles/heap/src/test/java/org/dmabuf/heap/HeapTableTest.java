package org.dmabuf.heap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.dmabuf.heap.HeapRig.assertErrno;

import java.util.ArrayList;
import java.util.List;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.memory.MemoryAccount;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Heaps by name, and what every heap refuses. */
class HeapTableTest {
  private final HeapRig rig = new HeapRig();

  @AfterEach
  void nothingIsLeft() {
    rig.close();
  }

  private int allocate(String heap, long length, int fdFlags, long heapFlags) {
    return rig.heaps.allocate(rig.user.files(), heap, length, fdFlags, heapFlags);
  }

  @Test
  @Row({"L/13"})
  void heapThatIsNotThereIsEnoentBeforeAnythingIsLookedAt() {
    rig.heaps.add(rig.heap("system"));
    assertErrno(Errno.ENOENT, () -> allocate("nosuch", 0, -1, -1));
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(() -> rig.heaps.open(rig.user.files(), "nosuch", 0))
        .withMessageContaining("[system]");
  }

  @Test
  @Row({"N10"})
  void heapWithoutANameOrWithATakenOneIsEinval() {
    rig.heaps.add(rig.heap("system"));
    assertErrno(Errno.EINVAL, () -> rig.heaps.add(rig.heap("system")));
    assertErrno(Errno.EINVAL, () -> rig.heap(""));
    assertErrno(Errno.EINVAL, () -> rig.heaps.add(new Named("")));
    assertErrno(Errno.EINVAL, () -> rig.heaps.add(new Named(null)));
    assertThat(rig.heaps.names()).containsExactly("system");
  }

  private record Named(String name) implements HeapDevice {
    @Override
    public int allocate(FileTable caller, long length, int fdFlags, long heapFlags) {
      throw new AssertionError("nobody allocates of it");
    }
  }

  @Test
  @Row({"N10"})
  void thereAre128MinorsAndTheLowestFreeOneIsGiven() {
    List<HeapDevice> heaps = new ArrayList<>();
    for (int i = 0; i < 128; i++) {
      heaps.add(new Named("heap" + i));
      assertThat(rig.heaps.add(heaps.get(i))).isEqualTo(i);
    }
    assertErrno(Errno.EBUSY, () -> rig.heaps.add(new Named("one more")));
    rig.heaps.remove(heaps.get(5));
    rig.heaps.remove(heaps.get(5));
    assertThat(rig.heaps.add(new Named("one more"))).isEqualTo(5);
  }

  @Test
  void secondHeapOfANameWaitsUntilTheFirstHasGone() {
    HeapDevice first = rig.heap("system");
    HeapDevice second = rig.heap("system");
    rig.heaps.bindHeap(first);
    rig.heaps.bindHeap(second);
    int node = rig.heaps.open(rig.user.files(), "system", 0);
    rig.heaps.unbindHeap(first);
    rig.user.files().close(allocate("system", 1, 2, 0));
    rig.user.files().close(node);
    rig.heaps.unbindHeap(second);
    assertErrno(Errno.ENOENT, () -> allocate("system", 1, 2, 0));
  }

  @Test
  @Row({"B/4"})
  void lengthIsRoundedUpToPages() {
    rig.heaps.add(rig.heap("system"));
    int page = rig.user.pageSize();
    for (long[] sizes : new long[][] {{1, page}, {page, page}, {page + 1L, 2L * page}}) {
      int fd = allocate("system", sizes[0], 2, 0);
      try (DmaBuf buffer = rig.user.get(fd)) {
        assertThat(buffer.size()).isEqualTo(sizes[1]);
      }
      rig.user.files().close(fd);
    }
  }

  @ParameterizedTest
  @Row({"B/4", "N10"})
  @ValueSource(longs = {0, -1, -4095})
  void lengthThatRoundsToNothingIsEinval(long length) {
    rig.heaps.add(rig.heap("system"));
    assertErrno(Errno.EINVAL, () -> allocate("system", length, 2, 0));
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, Long.MAX_VALUE, -1L << 32, 1L << 62, (64L << 20) + 1})
  void lengthThatIsMerelyHugeIsEnomem(long length) {
    rig.heaps.add(rig.heap("system"));
    assertErrno(Errno.ENOMEM, () -> allocate("system", length, 2, 0));
  }

  @ParameterizedTest
  @Row({"B/4", "N10"})
  @ValueSource(ints = {4, 2048, 0x40000000, -1, 526338})
  void unknownFlagsAreEinval(int fdFlags) {
    rig.heaps.add(rig.heap("system"));
    assertErrno(Errno.EINVAL, () -> allocate("system", 4096, fdFlags, 0));
    assertErrno(Errno.EINVAL, () -> allocate("system", 4096, 2, fdFlags));
  }

  @ParameterizedTest
  @Row({"B/4"})
  @ValueSource(ints = {0, 1, 2, 3})
  void accessModeIsThatOfTheBuffersFile(int mode) {
    rig.heaps.add(rig.heap("system"));
    FileTable files = rig.user.files();
    int fd = allocate("system", 4096, mode, 0);
    assertThat(files.fdinfo(fd)).contains("flags:\t0" + (mode == 0 ? "" : mode));
    assertThat(files.isCloseOnExec(fd)).isFalse();
    files.close(fd);
    int closing = allocate("system", 4096, mode | OpenFlags.O_CLOEXEC, 0);
    assertThat(files.isCloseOnExec(closing)).isTrue();
    files.close(closing);
  }

  @Test
  @Row({"B/6"})
  void fullTableIsEmfileAndTheBufferIsGivenBack() {
    rig.heaps.add(rig.heap("system"));
    MemoryAccount account = new MemoryAccount("tiny");
    FileTable tiny = new FileTable("tiny", account, 1, rig.user.pageSize(), rig.user.clock());
    int fd = rig.heaps.allocate(tiny, "system", 4096, 2, 0);
    assertErrno(Errno.EMFILE, () -> rig.heaps.allocate(tiny, "system", 4096, 2, 0));
    assertThat(account.used()).isEqualTo(4096);
    tiny.close(fd);
    assertThat(account.used()).isZero();
  }
}
