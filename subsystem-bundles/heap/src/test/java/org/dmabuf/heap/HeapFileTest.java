package org.dmabuf.heap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.heap.HeapRig.assertErrno;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.dmabuf.DmaBuf;
import org.dmabuf.Errno;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.Ioctl;
import org.dmabuf.file.MmapFlags;
import org.dmabuf.file.OpenFlags;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An open heap and its ioctl, whose structure may be older or newer. */
class HeapFileTest {
  private final HeapRig rig = new HeapRig();
  private final Arena arena = Arena.ofConfined();
  private final FileTable files = rig.user.files();
  private final HeapDevice heap = rig.heap("system");
  private int node;

  @BeforeEach
  void open() {
    rig.heaps.add(heap);
    node = rig.heaps.open(files, "system", OpenFlags.O_RDONLY | OpenFlags.O_CLOEXEC);
  }

  @AfterEach
  void nothingIsLeft() {
    files.close(node);
    rig.close();
    arena.close();
  }

  private MemorySegment data(long bytes, long length, int fdFlags) {
    MemorySegment data = arena.allocate(bytes, 8);
    data.fill((byte) 0);
    data.set(ValueLayout.JAVA_LONG, HeapIoctl.LEN, length);
    data.set(ValueLayout.JAVA_INT, HeapIoctl.FD_FLAGS, fdFlags);
    return data;
  }

  private void assertAllocates(int request, MemorySegment data) {
    assertThat(files.ioctl(node, request, data)).isZero();
    int fd = data.get(ValueLayout.JAVA_INT, HeapIoctl.FD);
    try (DmaBuf buffer = rig.user.get(fd)) {
      assertThat(buffer.size()).isEqualTo(4096);
    }
    files.close(fd);
  }

  @Test
  @Row({"B/5"})
  void heapOpenedForReadingGivesBuffersToWrite() {
    assertThat(files.isCloseOnExec(node)).isTrue();
    assertAllocates(HeapIoctl.DMA_HEAP_IOCTL_ALLOC, data(24, 1, OpenFlags.O_RDWR));
  }

  @Test
  @Row({"B/5", "N10"})
  void olderStructureLacksFlagsAndTheTailOfANewerOneIsIgnored() {
    assertAllocates(Ioctl.readWrite('H', 0, 16), data(16, 4096, OpenFlags.O_RDWR));
    MemorySegment longer = data(40, 4096, OpenFlags.O_RDWR);
    longer.set(ValueLayout.JAVA_LONG, 32, -1);
    assertAllocates(Ioctl.readWrite('H', 0, 40), longer);
    assertThat(longer.get(ValueLayout.JAVA_LONG, 32)).isEqualTo(-1);
  }

  @Test
  @Row({"B/5"})
  void structureThatIsNotThereIsEfaultAndLeaksNothing() {
    assertErrno(
        Errno.EFAULT, () -> files.ioctl(node, HeapIoctl.DMA_HEAP_IOCTL_ALLOC, MemorySegment.NULL));
    assertErrno(
        Errno.EFAULT,
        () -> files.ioctl(node, HeapIoctl.DMA_HEAP_IOCTL_ALLOC, data(24, 1, 2).asReadOnly()));
    assertThat(files.size()).isEqualTo(1);
  }

  @Test
  void requestThatOnlyFillsReadsAsZeroes() {
    assertErrno(Errno.EINVAL, () -> files.ioctl(node, Ioctl.read('H', 0, 24), data(24, 4096, 2)));
  }

  @ParameterizedTest
  @Row({"B/5"})
  @ValueSource(ints = {0x4801, 0x62ff, 1})
  void unknownIoctlIsEinval(int request) {
    assertErrno(Errno.EINVAL, () -> files.ioctl(node, request, MemorySegment.NULL));
  }

  @Test
  @Row({"B/4", "N10"})
  void descriptorOnTheWayInIsEinval() {
    MemorySegment data = data(24, 4096, 2);
    data.set(ValueLayout.JAVA_INT, HeapIoctl.FD, 1);
    assertErrno(Errno.EINVAL, () -> files.ioctl(node, HeapIoctl.DMA_HEAP_IOCTL_ALLOC, data));
    assertThat(data.get(ValueLayout.JAVA_INT, HeapIoctl.FD)).isEqualTo(1);
  }

  @Test
  @Row({"B/4", "N10"})
  void refusalWritesNothing() {
    MemorySegment data = data(24, 0, 2);
    assertErrno(Errno.EINVAL, () -> files.ioctl(node, HeapIoctl.DMA_HEAP_IOCTL_ALLOC, data));
    MemorySegment flags = data(24, 4096, 2);
    flags.set(ValueLayout.JAVA_LONG, HeapIoctl.HEAP_FLAGS, 1);
    assertErrno(Errno.EINVAL, () -> files.ioctl(node, HeapIoctl.DMA_HEAP_IOCTL_ALLOC, flags));
    assertThat(flags.get(ValueLayout.JAVA_INT, HeapIoctl.FD)).isZero();
  }

  @Test
  @Row({"B/5"})
  void heapHasNoPositionAndNoMemory() {
    assertErrno(Errno.ESPIPE, () -> files.lseek(node, 0, 0));
    assertErrno(
        Errno.ENODEV, () -> files.mmap(node, 4096, 0, MmapFlags.PROT_READ, MmapFlags.MAP_SHARED));
  }

  @Test
  void openHeapWhoseDriverHasGoneIsEnodev() {
    rig.heaps.remove(heap);
    assertErrno(
        Errno.ENODEV, () -> files.ioctl(node, HeapIoctl.DMA_HEAP_IOCTL_ALLOC, data(24, 4096, 2)));
  }
}
