package org.dmabuf.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.dmabuf.Errnos.assertErrno;
import static org.dmabuf.file.FileLocks.F_RDLCK;
import static org.dmabuf.file.FileLocks.F_UNLCK;
import static org.dmabuf.file.FileLocks.F_WRLCK;

import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two programs lock ranges of one dma-buf. */
@Row("A/16")
class FileLocksTest {
  @RegisterExtension final Framework framework = new Framework();
  private FileTable table;
  private FileTable other;
  private int fd;
  private int otherFd;

  @BeforeEach
  void share() {
    DmaBufRegistry program = framework.open("program");
    table = program.files();
    other = framework.open("other").files();
    fd = Framework.exportInto(program, 16384);
    OpenFile file = table.get(fd);
    otherFd = other.install(file, false);
  }

  private boolean isFree(int type, long start, long length) {
    return other.locks().test(otherFd, type, start, length) == null;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8, 5, 6, 12})
  void wholeFileIsLockedForAllItsDescriptors(int operation) {
    table.locks().flock(fd, operation);
    other.locks().flock(otherFd, operation);
    assertErrno(Errno.EBADF, () -> table.locks().flock(77, operation));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 4, 9, 10, 16, -1})
  void otherOperationsOnTheWholeFileAreRefused(int operation) {
    assertErrno(Errno.EINVAL, () -> table.locks().flock(fd, operation));
  }

  @ParameterizedTest
  @CsvSource({"0,0,true", "0,1,false", "1,0,false", "1,1,false"})
  void onlyReadersShareARange(int held, int asked, boolean granted) {
    table.locks().set(fd, held, 100, 10);
    if (granted) {
      other.locks().set(otherFd, asked, 100, 10);
    } else {
      assertThatExceptionOfType(DmaBufException.class)
          .isThrownBy(() -> other.locks().set(otherFd, asked, 100, 10))
          .withMessageContaining("of program on bytes 100 to 109")
          .extracting(DmaBufException::errno)
          .isEqualTo(Errno.EAGAIN);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0,100,true",
    "0,101,false",
    "109,1,false",
    "110,1,true",
    "105,1,false",
    "0,0,false",
    "109,0,false",
    "110,0,true"
  })
  void rangesThatDoNotOverlapAreFree(long start, long length, boolean free) {
    table.locks().set(fd, F_WRLCK, 100, 10);
    assertThat(isFree(F_RDLCK, start, length)).isEqualTo(free);
  }

  @Test
  void ownLocksAreChangedAndSplit() {
    table.locks().set(fd, F_WRLCK, 0, 0);
    table.locks().set(fd, F_UNLCK, 10, 10);
    table.locks().set(fd, F_RDLCK, 30, 10);
    assertThat(isFree(F_WRLCK, 10, 10)).isTrue();
    assertThat(isFree(F_RDLCK, 9, 1)).isFalse();
    assertThat(isFree(F_RDLCK, 20, 1)).isFalse();
    assertThat(isFree(F_RDLCK, 30, 10)).isTrue();
    assertThat(isFree(F_WRLCK, 30, 10)).isFalse();
    assertThat(isFree(F_RDLCK, 40, 1)).isFalse();
    RecordLock found = other.locks().test(otherFd, F_WRLCK, 39, 1);
    assertThat(found).hasToString("a read lock of program on bytes 30 to 39");
    assertThat(other.locks().test(otherFd, F_RDLCK, 1L << 40, 1))
        .hasToString("a write lock of program on bytes from 40 on");
  }

  @Test
  void lockThatIsRefusedLeavesOwnOnesAsTheyWere() {
    table.locks().set(fd, F_RDLCK, 0, 10);
    other.locks().set(otherFd, F_RDLCK, 0, 20);
    assertErrno(Errno.EAGAIN, () -> table.locks().set(fd, F_WRLCK, 0, 20));
    assertThat(isFree(F_WRLCK, 0, 10)).isFalse();
    assertThat(isFree(F_WRLCK, 10, 10)).isTrue();
  }

  @Test
  void closingAnyDescriptorGivesAllLocksOfTheTableBack() {
    int second = table.dup(fd);
    table.locks().set(fd, F_WRLCK, 0, 0);
    table.close(second);
    assertThat(isFree(F_WRLCK, 0, 0)).isTrue();
    table.locks().set(fd, F_WRLCK, 0, 0);
    other.close(other.dup(otherFd));
    assertThat(isFree(F_WRLCK, 0, 0)).as("another table's close").isFalse();
    table.close();
    assertThat(isFree(F_WRLCK, 0, 0)).isTrue();
  }

  @Test
  void accessModeMustAllowWhatIsLocked() {
    FileTable plain = framework.open("plain").files();
    int readable = plain.install(new FileTransfersTest.Log(OpenFlags.O_RDONLY), false);
    int writable = plain.install(new FileTransfersTest.Log(OpenFlags.O_WRONLY), false);
    plain.locks().set(readable, F_RDLCK, 0, 0);
    plain.locks().set(writable, F_WRLCK, 0, 0);
    assertErrno(Errno.EBADF, () -> plain.locks().set(readable, F_WRLCK, 0, 0));
    assertErrno(Errno.EBADF, () -> plain.locks().set(writable, F_RDLCK, 0, 0));
    plain.locks().set(readable, F_UNLCK, 0, 0);
    plain.locks().set(writable, F_UNLCK, 0, 0);
  }

  @ParameterizedTest
  @CsvSource({"3,0,1", "-1,0,1", "0,-1,1", "0,0,-1", "0,9223372036854775807,1"})
  void numbersThatAreNoRangeAreRefused(int type, long start, long length) {
    assertErrno(Errno.EINVAL, () -> table.locks().set(fd, type, start, length));
    assertErrno(Errno.EINVAL, () -> table.locks().test(fd, type, start, length));
  }

  @Test
  void lastByteOfTheNumbersCanBeLocked() {
    table.locks().set(fd, F_WRLCK, Long.MAX_VALUE - 1, 1);
    assertThat(isFree(F_RDLCK, Long.MAX_VALUE - 1, 1)).isFalse();
    assertThat(isFree(F_RDLCK, Long.MAX_VALUE - 2, 1)).isTrue();
    table.locks().set(fd, F_UNLCK, 0, 0);
    assertThat(isFree(F_WRLCK, 0, 0)).isTrue();
  }

  @Test
  void nothingCanBeTestedForNoLock() {
    assertErrno(Errno.EINVAL, () -> table.locks().test(fd, F_UNLCK, 0, 1));
    assertErrno(Errno.EBADF, () -> table.locks().test(77, F_RDLCK, 0, 1));
  }
}
