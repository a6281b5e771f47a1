package org.dmabuf.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.MemorySegment;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.ManualClock;
import org.dmabuf.Row;
import org.dmabuf.memory.MemoryAccount;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a kind of file answers that says nothing of itself but its name, and by access mode. */
class FileKindTest {
  private final FileTable table =
      new FileTable("program", new MemoryAccount("program"), 8, 4096, new ManualClock());
  private final MemorySegment bytes = MemorySegment.ofArray(new byte[8]);

  private static class Plain extends OpenFile {
    Plain(int flags) {
      super(flags);
    }

    @Override
    public String describe() {
      return "plain file";
    }

    @Override
    protected void released() {}
  }

  /** A log: what is read and written is so wherever it is asked. */
  private static final class Places extends Plain {
    Places(int flags) {
      super(flags);
    }

    @Override
    protected boolean hasPlaces() {
      return true;
    }

    @Override
    protected long read(MemorySegment to) {
      return 3;
    }

    @Override
    protected long write(MemorySegment from) {
      return 5;
    }

    @Override
    protected void allocate(int mode, long offset, long length) {}
  }

  @Test
  @Row("A/1")
  void fileIsAnAnonymousOneUnlessItsKindSaysOtherwise() {
    int fd = table.install(new Plain(OpenFlags.O_RDWR), false);
    assertThat(table.path(fd)).isEqualTo("anon_inode:[plain file]");
    FileStatus status = table.stat(fd);
    assertThat(status)
        .isEqualTo(new FileStatus(0600, 1, 1, 0, 0, 0, 4096, 0, 0, 0, PseudoFs.ANON_INODE));
    assertThat(status.fileSystem().mountId()).isPositive();
    assertThat(table.fdinfo(fd)).startsWith("pos:\t0\nflags:\t02\n").endsWith("ino:\t1\n");
    assertThat(table.get(fd)).hasToString("plain file");
  }

  @Test
  void whatAKindDoesNotHaveIsRefusedAsLinuxDoesAndHoldsNothing() {
    Plain file = new Plain(OpenFlags.O_RDWR);
    int fd = table.install(file, false);
    FileContents contents = table.contents();
    assertErrno(Errno.ESPIPE, () -> table.lseek(fd, 0, Whence.SEEK_CUR));
    assertErrno(Errno.EINVAL, () -> table.read(fd, bytes));
    assertErrno(Errno.EINVAL, () -> table.write(fd, bytes));
    assertErrno(Errno.ESPIPE, () -> contents.read(fd, bytes, 0));
    assertErrno(Errno.ESPIPE, () -> contents.write(fd, bytes, 0));
    assertErrno(Errno.EINVAL, () -> contents.truncate(fd, 0));
    assertErrno(Errno.ENODEV, () -> contents.allocate(fd, 0, 0, 1));
    assertErrno(Errno.EINVAL, () -> contents.sync(fd));
    assertErrno(Errno.ESPIPE, () -> contents.syncRange(fd, 0, 0));
    assertErrno(Errno.EINVAL, () -> table.control().seals(fd));
    assertErrno(Errno.EINVAL, () -> table.control().addSeals(fd, 1));
    assertErrno(Errno.ENODEV, () -> table.mmap(fd, 4096, 0, 1, MmapFlags.MAP_SHARED));
    assertErrno(Errno.ENOTTY, () -> table.ioctl(fd, Ioctl.none('b', 9), MemorySegment.NULL));
    assertThat(file.references()).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource({"0,true,false,0x80001", "1,false,true,0x80002", "2,true,true,0x80003"})
  void accessModeSaysWhatMayBeDoneAtAPlace(int flags, boolean reads, boolean writes, String mode) {
    Places file = new Places(flags);
    int fd = table.install(file, false);
    assertThat(file.fileMode()).isEqualTo(Integer.decode(mode));
    FileContents contents = table.contents();
    if (reads) {
      assertThat(contents.read(fd, bytes, 1L << 40)).isEqualTo(3);
    } else {
      assertErrno(Errno.EBADF, () -> contents.read(fd, bytes, 0));
    }
    if (writes) {
      assertThat(contents.write(fd, bytes, 1L << 40)).isEqualTo(5);
      contents.allocate(fd, 0, 0, 1);
    } else {
      assertErrno(Errno.EBADF, () -> contents.write(fd, bytes, 0));
      assertErrno(Errno.EBADF, () -> contents.allocate(fd, 0, 0, 1));
    }
    assertThat(file.references()).isEqualTo(1);
  }

  @Test
  void accessModeOfAllBitsAllowsNeither() {
    int fd = table.install(new Places(OpenFlags.O_ACCMODE), false);
    assertErrno(Errno.EBADF, () -> table.read(fd, bytes));
    assertErrno(Errno.EBADF, () -> table.write(fd, bytes));
    assertThat(new Plain(OpenFlags.O_ACCMODE).fileMode()).isEqualTo(0x80000);
  }

  @ParameterizedTest
  @CsvSource({
    "0,0,true",
    "0,9223372036854775807,true",
    "9223372036854775807,0,true",
    "1,9223372036854775806,true",
    "1,9223372036854775807,false",
    "9223372036854775807,1,false",
    "-1,1,false",
    "0,-1,false"
  })
  void rangeToBeBroughtToTheDiskMustEndWithinTheNumbers(long offset, long length, boolean good) {
    int fd = table.install(new Places(OpenFlags.O_RDWR), false);
    if (good) {
      table.contents().syncRange(fd, offset, length);
    } else {
      assertErrno(Errno.EINVAL, () -> table.contents().syncRange(fd, offset, length));
    }
  }

  @ParameterizedTest
  @CsvSource({"0,0", "1,1", "512,1", "513,2", "1024,2", "9223372036854775807,18014398509481984"})
  @Row("A/1")
  void blocksAreTheSizeRoundedUpToSectors(long size, long blocks) {
    int fd =
        table.install(
            new Plain(OpenFlags.O_RDWR) {
              @Override
              public long size() {
                return size;
              }
            },
            false);
    assertThat(table.stat(fd).blocks()).isEqualTo(blocks);
  }

  @Test
  void requestInterruptedByTheDriverIsEintrForTheProgram() {
    Plain file =
        new Plain(OpenFlags.O_RDWR) {
          @Override
          protected int ioctl(FileTable caller, int request, MemorySegment argument) {
            if (request == Ioctl.none('b', 1)) {
              return 77;
            }
            throw new DmaBufException(Errno.ERESTARTSYS, "Interrupted in a wait for buffer 9");
          }
        };
    int fd = table.install(file, false);
    assertThat(table.ioctl(fd, Ioctl.none('b', 1), MemorySegment.NULL))
        .as("its result")
        .isEqualTo(77);
    assertErrno(Errno.EINTR, () -> table.ioctl(fd, Ioctl.none('b', 2), MemorySegment.NULL));
    assertThat(file.references()).isEqualTo(1);
  }
}
