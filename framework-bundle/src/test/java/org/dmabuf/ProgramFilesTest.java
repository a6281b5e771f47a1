package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.dmabuf.file.FileContents;
import org.dmabuf.file.FileStatus;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.GenericIoctl;
import org.dmabuf.file.Ioctl;
import org.dmabuf.file.MmapFlags;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.file.PseudoFs;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The calls that a program can make with any descriptor, as a dma-buf answers them. */
class ProgramFilesTest {
  @RegisterExtension final Framework framework = new Framework();
  private DmaBufRegistry driver;
  private FileTable table;
  private RecordingExporter.Full exporter;
  private int fd;

  @BeforeEach
  void open() {
    driver = framework.open("driver");
    table = framework.open("program").files();
    exporter = new RecordingExporter.Full(driver, 16384);
    fd = driver.fd(exporter.export(driver), table, true);
  }

  private static MemorySegment integer(int value) {
    return MemorySegment.ofArray(new int[] {value});
  }

  @Test
  @Row({"A/1", "C12"})
  void statusHasNoTypeAndThePathHasTheName() {
    FileStatus status = table.stat(fd);
    assertThat(status.mode()).isEqualTo(0600);
    assertThat(status.links()).isEqualTo(1);
    assertThat(status.size()).isEqualTo(16384);
    assertThat(status.blockSize()).isEqualTo(4096);
    assertThat(status.blocks()).isEqualTo(32);
    assertThat(status.inode()).isEqualTo(driver.buffers().getFirst().inode());
    assertThat(status.fileSystem()).isEqualTo(PseudoFs.DMABUF);
    assertThat(status.fileSystem().magic()).isEqualTo(0x444d4142);
    assertThat(table.path(fd)).isEqualTo("/dmabuf:");
    DmaBufIoctl.setName(table, fd, "nm1");
    assertThat(table.path(table.dup(fd))).isEqualTo("/dmabuf:nm1");
    assertErrno(Errno.EBADF, () -> table.stat(77));
    assertErrno(Errno.EBADF, () -> table.path(77));
  }

  @Test
  @Row("A/2")
  void nothingIsReadOrWrittenAtAPlace() {
    FileContents contents = table.contents();
    MemorySegment bytes = MemorySegment.ofArray(new byte[16]);
    assertErrno(Errno.ESPIPE, () -> contents.read(fd, bytes, 0));
    assertErrno(Errno.ESPIPE, () -> contents.write(fd, bytes, 5));
    assertErrno(Errno.EINVAL, () -> contents.read(fd, bytes, -1));
    assertErrno(Errno.EINVAL, () -> contents.write(fd, bytes, -1));
    assertErrno(Errno.EINVAL, () -> contents.read(77, bytes, -1));
    assertErrno(Errno.EBADF, () -> contents.read(77, bytes, 0));
    assertErrno(Errno.EINVAL, () -> table.read(fd, bytes));
    assertErrno(Errno.EINVAL, () -> table.write(fd, bytes.asSlice(0, 0)));
  }

  @Test
  @Row("A/16")
  void sizeIsFixedAndThereIsNoDisk() {
    FileContents contents = table.contents();
    for (long size : new long[] {0, 16384, 32768, -1, Long.MAX_VALUE}) {
      assertErrno(Errno.EINVAL, () -> contents.truncate(fd, size));
    }
    assertErrno(Errno.ENODEV, () -> contents.allocate(fd, 0, 0, 4096));
    assertErrno(Errno.ENODEV, () -> contents.allocate(fd, 3, 0, 4096));
    assertErrno(Errno.EINVAL, () -> contents.allocate(fd, 0, -1, 4096));
    assertErrno(Errno.EINVAL, () -> contents.allocate(fd, 0, 0, 0));
    assertErrno(Errno.EINVAL, () -> contents.sync(fd));
    assertErrno(Errno.ESPIPE, () -> contents.syncRange(fd, 0, 4096));
    assertErrno(Errno.EINVAL, () -> contents.syncRange(fd, Long.MAX_VALUE, 1));
    contents.advise(fd);
    assertErrno(Errno.EBADF, () -> contents.advise(77));
    assertErrno(Errno.EBADF, () -> contents.truncate(77, 0));
    assertThat(table.stat(fd).size()).isEqualTo(16384);
  }

  @Test
  @Row("A/16")
  void statusFlagsChangeAndTheAccessModeStays() {
    int other = table.dup(fd);
    assertThat(table.control().flags(fd)).isEqualTo(OpenFlags.O_RDWR);
    table.control().setFlags(fd, OpenFlags.O_NONBLOCK);
    assertThat(table.control().flags(other)).isEqualTo(2050);
    table.control().setFlags(fd, OpenFlags.O_APPEND | OpenFlags.O_ASYNC | OpenFlags.O_WRONLY);
    assertThat(table.control().flags(fd)).isEqualTo(0x2402);
    assertErrno(Errno.EINVAL, () -> table.control().setFlags(fd, OpenFlags.O_DIRECT));
    assertThat(table.control().flags(fd)).isEqualTo(0x2402);
    assertThat(table.fdinfo(fd)).contains("flags:\t02022002\n");
    table.control().setFlags(fd, OpenFlags.O_RDONLY);
    assertThat(table.control().flags(fd)).isEqualTo(OpenFlags.O_RDWR);
    assertErrno(Errno.EINVAL, () -> table.control().seals(fd));
    assertErrno(Errno.EINVAL, () -> table.control().addSeals(fd, 2));
    assertErrno(Errno.EBADF, () -> table.control().flags(77));
  }

  @Test
  @Row({"A/10", "F7"})
  void generalRequestsWork() {
    table.ioctl(fd, GenericIoctl.FIONCLEX, MemorySegment.NULL);
    assertThat(table.isCloseOnExec(fd)).isFalse();
    table.ioctl(fd, GenericIoctl.FIOCLEX, MemorySegment.NULL);
    assertThat(table.isCloseOnExec(fd)).isTrue();
    table.ioctl(fd, GenericIoctl.FIONBIO, integer(1));
    assertThat(table.control().flags(fd)).isEqualTo(2050);
    table.ioctl(fd, GenericIoctl.FIONBIO, integer(0));
    assertThat(table.control().flags(fd)).isEqualTo(2);
    assertErrno(Errno.EFAULT, () -> table.ioctl(fd, GenericIoctl.FIONBIO, MemorySegment.NULL));
    assertThat(table.ioctl(fd, GenericIoctl.FIOASYNC, integer(0))).isZero();
    assertErrno(Errno.ENOTTY, () -> table.ioctl(fd, GenericIoctl.FIOASYNC, integer(1)));
    MemorySegment size = integer(0);
    assertThat(table.ioctl(fd, GenericIoctl.FIGETBSZ, size)).isZero();
    assertThat(size.get(ValueLayout.JAVA_INT, 0)).isEqualTo(4096);
    assertErrno(Errno.EOPNOTSUPP, () -> table.ioctl(fd, GenericIoctl.FIFREEZE, MemorySegment.NULL));
    int fibmap = Ioctl.none('\0', 1);
    int fioqsize = 0x5460;
    int getflags = Ioctl.read('f', 1, 8);
    int fionread = 0x541b;
    for (int request : new int[] {fibmap, fioqsize, getflags, fionread}) {
      assertErrno(Errno.ENOTTY, () -> table.ioctl(fd, request, integer(0)));
    }
    assertErrno(Errno.EBADF, () -> table.ioctl(77, GenericIoctl.FIOCLEX, MemorySegment.NULL));
  }

  @Test
  @Row({"A/18", "F3"})
  void fileInFlightIsHeldAndArrivesWithoutCloseOnExec() {
    FileTable receiver = framework.open("receiver").files();
    table.passing().send(receiver, fd, fd);
    table.close(fd);
    assertThat(exporter.calls).doesNotContain("release");
    assertThat(receiver.passing().receive(false)).containsExactly(0, 1);
    assertThat(receiver.isCloseOnExec(0)).isFalse();
    assertThat(receiver.isSame(0, 1)).isTrue();
    assertThat(receiver.lseek(0, 0, 2)).isEqualTo(16384);
    receiver.passing().send(receiver, 0);
    assertThat(receiver.passing().receive(true)).containsExactly(2);
    assertThat(receiver.isCloseOnExec(2)).isTrue();
    receiver.closeRange(0, 2);
    assertThat(exporter.calls).endsWith("release");
  }

  @Test
  @Row("A/18")
  void whatIsNotReceivedGoesWithTheReceiver() {
    DmaBufRegistry receiver = framework.open("receiver");
    table.passing().send(receiver.files(), fd);
    table.close(fd);
    framework.core().close(receiver);
    assertThat(exporter.calls).endsWith("release");
    assertErrno(Errno.EAGAIN, () -> receiver.files().passing().receive(false));
  }

  /** A program that has gone takes its mappings and its descriptors with it, in that order. */
  @Test
  @Row("A/18")
  void lastMappingReleases() {
    CpuMapping mapping = table.mmap(fd, 4096, 0, MmapFlags.PROT_READ, MmapFlags.MAP_SHARED);
    table.close(fd);
    assertThat(exporter.calls).doesNotContain("release");
    assertThat(mapping.load(0)).isZero();
    table.close();
    assertThat(exporter.calls).endsWith("release");
    assertErrno(Errno.EFAULT, () -> mapping.load(0));
  }
}
