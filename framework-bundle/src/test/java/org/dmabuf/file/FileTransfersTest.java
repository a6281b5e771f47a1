package org.dmabuf.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.dmabuf.memory.MemoryFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Bytes go from file to file where there are any to be read and written; a dma-buf has none. */
class FileTransfersTest {
  private static final int BYTES = 200_000;

  @RegisterExtension final Framework framework = new Framework();
  private DmaBufRegistry registry;
  private FileTable table;
  private FileTransfers transfers;

  /** A file of places that hold nothing. */
  static final class Log extends OpenFile {
    Log(int flags) {
      super(flags);
    }

    @Override
    public String describe() {
      return "log";
    }

    @Override
    protected boolean hasPlaces() {
      return true;
    }

    @Override
    protected long read(MemorySegment to) {
      return 0;
    }

    @Override
    protected void released() {}
  }

  @BeforeEach
  void open() {
    registry = framework.open("program");
    table = registry.files();
    transfers = table.transfers();
  }

  private int memfd(int size) {
    return registry.memfd(table, "test", size, MemoryFile.F_SEAL_SHRINK, false);
  }

  private int numbered() {
    int fd = memfd(BYTES);
    byte[] bytes = new byte[BYTES];
    for (int i = 0; i < BYTES; i++) {
      bytes[i] = (byte) ((i * 31) >>> 3);
    }
    table.contents().write(fd, MemorySegment.ofArray(bytes), 0);
    return fd;
  }

  private byte[] all(int fd) {
    MemorySegment bytes = MemorySegment.ofArray(new byte[(int) table.stat(fd).size()]);
    table.contents().read(fd, bytes, 0);
    return bytes.toArray(ValueLayout.JAVA_BYTE);
  }

  private int buffer() {
    return Framework.exportInto(registry, 16384);
  }

  @Test
  @Row("A/16")
  void dmaBufIsNoEndOfAnyTransfer() {
    int fd = buffer();
    int file = memfd(4096);
    assertErrno(Errno.EINVAL, () -> transfers.splice(fd, file, 16));
    assertErrno(Errno.EINVAL, () -> transfers.splice(file, fd, 16));
    assertErrno(Errno.EINVAL, () -> transfers.send(fd, file, 16));
    assertErrno(Errno.EINVAL, () -> transfers.send(file, fd, 16));
    assertErrno(Errno.EINVAL, () -> transfers.copyRange(fd, 0, file, 0, 16));
    assertErrno(Errno.EINVAL, () -> transfers.copyRange(file, 0, fd, 0, 16));
    assertErrno(Errno.EINVAL, () -> transfers.copyRange(fd, 0, fd, 0, 16));
    for (int[] ends : new int[][] {{77, file}, {file, 77}}) {
      assertErrno(Errno.EBADF, () -> transfers.splice(ends[0], ends[1], 16));
      assertErrno(Errno.EBADF, () -> transfers.send(ends[0], ends[1], 16));
      assertErrno(Errno.EBADF, () -> transfers.copyRange(ends[0], 0, ends[1], 0, 16));
    }
    assertThat(table.stat(file).size()).isEqualTo(4096);
  }

  @Test
  void memoryFileIsSentFromItsPositionToItsEnd() {
    int from = numbered();
    int to = memfd(0);
    assertThat(transfers.send(to, from, 70_000)).isEqualTo(70_000);
    assertThat(transfers.send(to, from, 1L << 40)).as("to the end").isEqualTo(130_000);
    assertThat(transfers.send(to, from, 1)).as("at the end").isZero();
    assertThat(transfers.send(to, from, 0)).isZero();
    assertThat(all(to)).isEqualTo(all(from));
    assertErrno(Errno.EINVAL, () -> transfers.send(to, from, -1));
  }

  @Test
  void rangeIsCopiedToAPlaceAndPositionsStay() {
    int from = numbered();
    int to = memfd(10);
    assertThat(transfers.copyRange(from, 5, to, 100, 150_000)).isEqualTo(150_000);
    byte[] source = all(from);
    byte[] target = all(to);
    assertThat(target).hasSize(150_100);
    for (int i = 0; i < 150_000; i++) {
      assertThat(target[100 + i]).isEqualTo(source[5 + i]);
    }
    assertThat(table.lseek(from, 0, Whence.SEEK_CUR)).isZero();
    assertThat(transfers.copyRange(from, BYTES - 3, to, 0, 100)).isEqualTo(3);
    assertThat(transfers.copyRange(from, BYTES, to, 0, 100)).isZero();
  }

  @Test
  void rangesMustBeNumbersAndApart() {
    int fd = numbered();
    int other = memfd(1);
    assertThat(transfers.copyRange(fd, 0, fd, 100, 100)).isEqualTo(100);
    assertThat(transfers.copyRange(fd, 100, fd, 0, 100)).isEqualTo(100);
    assertErrno(Errno.EINVAL, () -> transfers.copyRange(fd, 0, fd, 99, 100));
    assertErrno(Errno.EINVAL, () -> transfers.copyRange(fd, 99, fd, 0, 100));
    assertErrno(Errno.EINVAL, () -> transfers.copyRange(fd, 1000, fd, 1001, 100));
    assertThat(transfers.copyRange(fd, Long.MAX_VALUE - 1, other, 0, 1)).as("the end").isZero();
    assertErrno(Errno.EINVAL, () -> transfers.copyRange(fd, -1, other, 0, 1));
    assertErrno(Errno.EINVAL, () -> transfers.copyRange(fd, 0, other, -1, 1));
    assertErrno(Errno.EINVAL, () -> transfers.copyRange(fd, 0, other, 0, -1));
    assertErrno(Errno.EOVERFLOW, () -> transfers.copyRange(fd, Long.MAX_VALUE, other, 0, 1));
    assertErrno(Errno.EOVERFLOW, () -> transfers.copyRange(fd, 0, other, Long.MAX_VALUE, 1));
  }

  @Test
  void accessModeCountsAndAppendersAreWritten() {
    int fd = numbered();
    int readable = table.install(new Log(OpenFlags.O_RDONLY), false);
    int writable = table.install(new Log(OpenFlags.O_WRONLY), false);
    assertErrno(Errno.EBADF, () -> transfers.send(readable, fd, 1));
    assertErrno(Errno.EBADF, () -> transfers.send(fd, writable, 1));
    assertErrno(Errno.EBADF, () -> transfers.copyRange(fd, 0, readable, 0, 1));
    assertErrno(Errno.EBADF, () -> transfers.copyRange(writable, 0, fd, 0, 1));
    assertThat(transfers.send(fd, readable, 1)).isZero();
    int appended = memfd(1);
    table.control().setFlags(appended, OpenFlags.O_APPEND);
    assertErrno(Errno.EINVAL, () -> transfers.send(appended, fd, 1));
  }
}
