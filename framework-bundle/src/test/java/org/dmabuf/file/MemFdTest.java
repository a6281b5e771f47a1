package org.dmabuf.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufIoctl;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.dmabuf.Signal;
import org.dmabuf.memory.MemoryFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class MemFdTest {
  private static final int R = MmapFlags.PROT_READ;
  private static final int RW = MmapFlags.PROT_READ | MmapFlags.PROT_WRITE;
  private static final int SHARED = MmapFlags.MAP_SHARED;

  @RegisterExtension final Framework framework = new Framework();
  private DmaBufRegistry registry;
  private FileTable table;

  @BeforeEach
  void open() {
    registry = framework.open("program");
    table = registry.files();
  }

  private int memfd(long size, int seals) {
    return registry.memfd(table, "test", size, seals, false);
  }

  private static MemorySegment text(String text) {
    return MemorySegment.ofArray(text.getBytes(StandardCharsets.UTF_8));
  }

  private String readAll(int fd) {
    byte[] bytes = new byte[Math.toIntExact(table.stat(fd).size())];
    table.contents().read(fd, MemorySegment.ofArray(bytes), 0);
    return new String(bytes, StandardCharsets.UTF_8).replace('\0', '.');
  }

  private static void assertSignal(Signal signal, Runnable access) {
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(access::run)
        .satisfies(fault -> assertThat(fault.signal()).contains(signal));
  }

  @Test
  @Row("N11")
  void isMadeWithSizeAndSealsByOneCall() {
    int fd = registry.memfd(table, "frames", 100, MemoryFile.F_SEAL_SHRINK, true);
    assertThat(table.isCloseOnExec(fd)).isTrue();
    FileStatus status = table.stat(fd);
    assertThat(status.size()).isEqualTo(100);
    assertThat(status.mode()).isEqualTo(0100777);
    assertThat(status.fileSystem().magic()).isEqualTo(0x01021994);
    assertThat(table.path(fd)).isEqualTo("/memfd:frames (deleted)");
    assertThat(table.control().seals(fd)).isEqualTo(MemoryFile.F_SEAL_SHRINK);
    assertThat(table.stat(memfd(0, 0)).inode()).isGreaterThan(status.inode());
    assertThat(table.account().used()).isEqualTo(4096);
    table.close(fd);
    assertThat(table.account().used()).isZero();
  }

  @Test
  void whatCannotBeMadeLeavesNothing() {
    assertErrno(Errno.EINVAL, () -> memfd(-1, 0));
    assertErrno(Errno.EINVAL, () -> memfd(4096, 64));
    FileTable full = registry.openTable("full");
    full.close();
    assertErrno(Errno.EBADF, () -> registry.memfd(full, "x", 4096, 0, false));
    assertThat(table.account().used()).isZero();
    assertThat(table.size()).isZero();
  }

  @Test
  @Row("L/10")
  void mappingIsNotCheckedAgainstTheSizeAndFaultsBeyondTheLastPage() {
    int fd = memfd(4097, 0);
    CpuMapping whole = table.mmap(fd, 5 * 4096, 0, RW, SHARED);
    whole.store(8191, 9);
    assertThat(whole.load(8191)).isEqualTo(9);
    assertSignal(Signal.SIGBUS, () -> whole.load(8192));
    assertSignal(Signal.SIGBUS, () -> whole.store(5 * 4096 - 1, 1));
    assertSignal(Signal.SIGSEGV, () -> whole.load(5 * 4096));
    CpuMapping beyond = table.mmap(fd, 4096, 8192, R, SHARED);
    assertSignal(Signal.SIGBUS, () -> beyond.load(0));
    assertSignal(Signal.SIGSEGV, () -> beyond.store(0, 1));
    CpuMapping far = table.mmap(fd, 4096, Long.MAX_VALUE & -4096, RW, SHARED);
    assertSignal(Signal.SIGBUS, () -> far.store(0, 1));
    CpuMapping ofEmpty = table.mmap(memfd(0, 0), 4096, 0, R, SHARED);
    assertSignal(Signal.SIGBUS, () -> ofEmpty.load(1));
    table.close(fd);
    assertThat(whole.load(8191)).as("the mapping holds the file").isEqualTo(9);
    table.close();
    assertThat(table.account().used()).isZero();
  }

  @Test
  void mappingThatNoAddressSpaceHasRoomForIsEnomemAndHoldsNothing() {
    long most = (1L << 47) - 4096;
    int fd = memfd(most, 0);
    assertErrno(Errno.ENOMEM, () -> table.mmap(fd, most, 0, R, SHARED));
    table.close(fd);
    assertThat(table.account().used()).isZero();
  }

  @Test
  void openFileShowsItsMemoryFileAndCanSeek() {
    int fd = memfd(100, 0);
    MemFd open = (MemFd) table.get(fd);
    assertThat(open.memory().size()).isEqualTo(100);
    assertThat(open.fileMode()).isEqualTo(0x80007);
    assertThat(open).asString().contains("test").contains("100");
    open.put();
  }

  @Test
  @Row("L/10")
  void fileSealedAgainstWritingIsMappedForReadingOnly() {
    int fd = memfd(4096, MemoryFile.F_SEAL_WRITE);
    assertErrno(Errno.EPERM, () -> table.mmap(fd, 4096, 0, RW, SHARED));
    assertErrno(Errno.EPERM, () -> table.mmap(fd, 4096, 4096, RW, SHARED));
    table.mmap(fd, 4096, 0, R, SHARED).close();
    table.mmap(fd, 4096, 0, R, MmapFlags.MAP_PRIVATE).close();
    assertErrno(Errno.EPERM, () -> table.write(fd, text("x")));
    assertErrno(Errno.EPERM, () -> table.contents().write(fd, text("x"), 8192));
    assertThat(table.write(fd, text(""))).isZero();
    assertErrno(Errno.EPERM, () -> table.contents().allocate(fd, 3, 0, 4096));
    int open = memfd(4096, 0);
    assertErrno(Errno.EOPNOTSUPP, () -> table.mmap(open, 4096, 0, RW, MmapFlags.MAP_PRIVATE));
  }

  @Test
  @Row("L/13")
  void requestsOfAnotherKindOfFileAreEnotty() {
    int fd = memfd(4096, 0);
    assertErrno(Errno.ENOTTY, () -> DmaBufIoctl.sync(table, fd, DmaBufIoctl.SYNC_RW));
    assertErrno(Errno.ENOTTY, () -> DmaBufIoctl.sync(table, fd, 77));
    assertErrno(Errno.ENOTTY, () -> DmaBufIoctl.setName(table, fd, "x".repeat(40)));
    assertErrno(Errno.EINVAL, () -> registry.get(table, fd));
  }

  @Test
  @Row("L/14")
  void descriptorsAreTheSameWhenTheyNameOneOpenFile() {
    int fd = memfd(4096, 0);
    int duplicate = table.dup(fd);
    int another = memfd(4096, 0);
    assertThat(table.isSame(fd, duplicate)).isTrue();
    assertThat(table.isSame(fd, another)).isFalse();
    table.close(fd);
    assertErrno(Errno.EBADF, () -> table.isSame(fd, duplicate));
    assertErrno(Errno.EBADF, () -> table.isSame(duplicate, fd));
  }

  @Test
  void readsAndWritesMoveThePosition() {
    int fd = memfd(0, 0);
    assertThat(table.write(fd, text("hello"))).isEqualTo(5);
    assertThat(table.lseek(fd, 0, Whence.SEEK_CUR)).isEqualTo(5);
    assertThat(table.lseek(fd, 5000, Whence.SEEK_CUR)).isEqualTo(5005);
    assertThat(table.write(fd, text("far"))).isEqualTo(3);
    assertThat(table.stat(fd).size()).isEqualTo(5008);
    assertThat(table.fdinfo(fd)).startsWith("pos:\t5008\n");
    assertThat(table.lseek(fd, -4, Whence.SEEK_END)).isEqualTo(5004);
    byte[] bytes = new byte[10];
    MemorySegment to = MemorySegment.ofArray(bytes);
    assertThat(table.read(fd, to)).isEqualTo(4);
    assertThat(bytes).startsWith(0, 'f', 'a', 'r', 0);
    assertThat(table.read(fd, to)).isZero();
    assertThat(table.contents().read(fd, to, 2)).isEqualTo(10);
    assertThat(bytes).startsWith('l', 'l', 'o', 0);
    assertThat(table.contents().read(fd, to, 1L << 50)).isZero();
    assertThat(table.lseek(fd, 0, Whence.SEEK_SET)).isZero();
    table.control().setFlags(fd, OpenFlags.O_APPEND);
    table.write(fd, text("!"));
    assertThat(table.stat(fd).size()).isEqualTo(5009);
    assertThat(table.contents().write(fd, text("J"), 0)).isEqualTo(1);
    assertThat(readAll(fd)).startsWith("Jello.").endsWith("far!");
    assertErrno(Errno.EINVAL, () -> table.lseek(fd, -1, Whence.SEEK_SET));
    assertErrno(Errno.EINVAL, () -> table.lseek(fd, -5010, Whence.SEEK_END));
    assertErrno(Errno.EINVAL, () -> table.lseek(fd, 0, 5));
    assertErrno(Errno.EOVERFLOW, () -> table.lseek(fd, Long.MAX_VALUE, Whence.SEEK_END));
    assertErrno(Errno.EFBIG, () -> table.contents().write(fd, text("xy"), Long.MAX_VALUE - 1));
  }

  @Test
  void sizeFollowsTheSeals() {
    int fd = memfd(8192, MemoryFile.F_SEAL_SHRINK);
    table.contents().write(fd, text("abcd"), 0);
    assertErrno(Errno.EPERM, () -> table.contents().truncate(fd, 100));
    table.contents().truncate(fd, 10_000);
    table.contents().allocate(fd, 0, 0, 9_000);
    assertThat(table.stat(fd).size()).isEqualTo(10_000);
    table.contents().allocate(fd, 0, 10_000, 1);
    table.contents().allocate(fd, 1, 50_000, 1);
    assertThat(table.stat(fd).size()).isEqualTo(10_001);
    table.contents().allocate(fd, 3, 1, 2);
    assertThat(readAll(fd)).startsWith("a..d");
    assertErrno(Errno.EOPNOTSUPP, () -> table.contents().allocate(fd, 2, 0, 1));
    assertErrno(Errno.EFBIG, () -> table.contents().allocate(fd, 0, 1, Long.MAX_VALUE));
    table.control().addSeals(fd, MemoryFile.F_SEAL_GROW);
    assertErrno(Errno.EPERM, () -> table.contents().write(fd, text("x"), 10_001));
    assertErrno(Errno.EPERM, () -> table.contents().allocate(fd, 0, 10_001, 1));
    table.control().addSeals(fd, MemoryFile.F_SEAL_SEAL);
    assertErrno(Errno.EPERM, () -> table.control().addSeals(fd, MemoryFile.F_SEAL_WRITE));
    assertErrno(Errno.EINVAL, () -> table.contents().truncate(fd, -1));
    table.contents().sync(fd);
    table.contents().syncRange(fd, 0, 10);
    assertErrno(Errno.ENOTTY, () -> table.ioctl(fd, Ioctl.none('b', 0), MemorySegment.NULL));
    assertThat(table.poll(fd, PollEvents.POLLIN | PollEvents.POLLOUT)).isEqualTo(5);
  }
}
