package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.Ioctl;
import org.dmabuf.file.MmapFlags;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.file.Whence;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What a program can do with the descriptor of a dma-buf. */
class DmaBufFileTest {
  private static final int R = MmapFlags.PROT_READ;
  private static final int W = MmapFlags.PROT_WRITE;
  private static final int SHARED = MmapFlags.MAP_SHARED;

  @RegisterExtension final Framework framework = new Framework();
  private DmaBufRegistry driver;
  private FileTable table;
  private RecordingExporter.Full exporter;
  private int page;

  @BeforeEach
  void open() {
    driver = framework.open("driver");
    table = framework.open("program").files();
    page = driver.pageSize();
  }

  private int fd(int flags, long size) {
    exporter = new RecordingExporter.Full(driver, 4L * page);
    ExportInfo info = ExportInfo.of("recorder", size, exporter, ExportPolicy.REVOKE);
    exporter.buffer = driver.export(info.withFileFlags(flags));
    return driver.fd(exporter.buffer, table, true);
  }

  private int fd() {
    return fd(OpenFlags.O_RDWR, 4L * page);
  }

  @Test
  @Row({"F4", "A/2"})
  void onlyTheSizeCanBeSought() {
    int fd = fd();
    for (int i = 0; i < 2; i++) {
      assertThat(table.lseek(fd, 0, Whence.SEEK_END)).isEqualTo(4L * page);
      assertThat(table.lseek(fd, 0, Whence.SEEK_SET)).isZero();
    }
    long[] offsets = {0, 1, -1, page, 4L * page, 4L * page + 1, Long.MAX_VALUE, Long.MIN_VALUE};
    for (int whence : new int[] {0, 1, 2, 3, 4, 5, -1, 99}) {
      for (long offset : offsets) {
        if (offset != 0 || (whence != Whence.SEEK_SET && whence != Whence.SEEK_END)) {
          assertErrno(Errno.EINVAL, () -> table.lseek(fd, offset, whence));
        }
      }
    }
    table.close(fd);
    assertErrno(Errno.EBADF, () -> table.lseek(fd, 0, Whence.SEEK_END));
  }

  @Test
  @Row({"F10", "A/3", "L/12"})
  void mappingsAreCheckedInTheOrderOfTheKernel() {
    int fd = fd();
    int readOnly = fd(OpenFlags.O_RDONLY, 4L * page);
    int closed = 99;
    assertErrno(Errno.EINVAL, () -> table.mmap(closed, 0, 1, R, SHARED));
    assertErrno(Errno.EBADF, () -> table.mmap(closed, 0, -page, R, SHARED));
    assertErrno(Errno.EINVAL, () -> table.mmap(readOnly, 0, -page, W, SHARED));
    assertErrno(Errno.ENOMEM, () -> table.mmap(readOnly, -1, -page, W, SHARED));
    assertErrno(Errno.ENOMEM, () -> table.mmap(readOnly, -page, -page, W, SHARED));
    assertErrno(Errno.ENOMEM, () -> table.mmap(readOnly, 1L << 47, 0, W, SHARED));
    assertErrno(Errno.EOVERFLOW, () -> table.mmap(readOnly, 1, -page, W, SHARED));
    assertErrno(Errno.EOVERFLOW, () -> table.mmap(fd, 1, -page, R, MmapFlags.MAP_PRIVATE));
    assertErrno(Errno.EACCES, () -> table.mmap(readOnly, 1L << 46, 0, R | W, SHARED));
    assertErrno(Errno.EINVAL, () -> table.mmap(fd, 1L << 46, 0, R | W, SHARED));
    assertErrno(Errno.EINVAL, () -> table.mmap(fd, page, Long.MAX_VALUE & -page, R | W, SHARED));
    assertErrno(Errno.EINVAL, () -> table.mmap(readOnly, page, 0, R | W, MmapFlags.MAP_PRIVATE));
    assertErrno(Errno.EINVAL, () -> table.mmap(fd, page, 0, 0, MmapFlags.MAP_PRIVATE));
    assertErrno(Errno.EINVAL, () -> table.mmap(fd, page, 0, R, 0));
    assertErrno(Errno.EINVAL, () -> table.mmap(fd, page, 0, R, MmapFlags.MAP_POPULATE));
    assertErrno(
        Errno.EOPNOTSUPP,
        () -> table.mmap(fd, page, 0, R, MmapFlags.MAP_SHARED_VALIDATE | MmapFlags.MAP_SYNC));
    assertThat(exporter.taken()).isEmpty();
    assertThat(framework.holdings().mappings()).isZero();
  }

  @Test
  @Row({"F10", "A/3"})
  void mappingsWithinTheSizeAreOfWholePages() {
    int fd = fd();
    long[][] good = {{1, 0}, {page, page}, {1, 3L * page}, {4L * page, 0}, {3L * page + 1, 0}};
    for (long[] lengthAndOffset : good) {
      int flags = SHARED | MmapFlags.MAP_POPULATE | MmapFlags.MAP_LOCKED;
      try (CpuMapping mapping =
          table.mmap(fd, lengthAndOffset[0], lengthAndOffset[1], R | W, flags)) {
        assertThat(mapping.length() % page).isZero();
        assertThat(mapping.segment().byteSize()).isEqualTo(mapping.length());
        mapping.store(mapping.length() - 1, 7);
        assertThat(mapping.load(mapping.length() - 1)).isEqualTo(7);
        assertErrno(Errno.EFAULT, () -> mapping.load(mapping.length()));
      }
    }
    long[][] bad = {{4L * page + 1, 0}, {page, 4L * page}, {4L * page, page}, {1, 1L << 40}};
    for (long[] lengthAndOffset : bad) {
      assertErrno(
          Errno.EINVAL, () -> table.mmap(fd, lengthAndOffset[0], lengthAndOffset[1], R, SHARED));
    }
    try (CpuMapping checked = table.mmap(fd, page, 0, R, MmapFlags.MAP_SHARED_VALIDATE)) {
      assertThat(checked.load(0)).isZero();
    }
  }

  @Test
  @Row({"F10", "A/3"})
  void pageThatABufferDoesNotFillCannotBeMapped() {
    int fd = fd(OpenFlags.O_RDWR, page + 100);
    assertThat(table.lseek(fd, 0, Whence.SEEK_END)).isEqualTo(page + 100);
    table.mmap(fd, page, 0, R, SHARED).close();
    assertErrno(Errno.EINVAL, () -> table.mmap(fd, page + 1, 0, R, SHARED));
    assertErrno(Errno.EINVAL, () -> table.mmap(fd, 1, page, R, SHARED));
    DmaBuf handle = driver.get(table, fd);
    assertErrno(Errno.EINVAL, () -> handle.mmap(0, page + 100, false));
    handle.close();
    int tiny = fd(OpenFlags.O_RDWR, 0);
    assertErrno(Errno.EINVAL, () -> table.mmap(tiny, 1, 0, R, SHARED));
  }

  @Test
  @Row({"A/4", "L/11"})
  void accessModeLimitsMappingsReadsAndWritesOnly() {
    int readOnly = fd(OpenFlags.O_RDONLY, 4L * page);
    table.mmap(readOnly, page, 0, R, SHARED).close();
    table.mmap(readOnly, page, 0, 0, SHARED).close();
    assertErrno(Errno.EACCES, () -> table.mmap(readOnly, page, 0, W, SHARED));
    DmaBufIoctl.sync(table, readOnly, DmaBufIoctl.SYNC_START | DmaBufIoctl.SYNC_WRITE);
    DmaBufIoctl.setName(table, readOnly, "named");
    int neither = fd(OpenFlags.O_ACCMODE, 4L * page);
    int writeOnly = fd(OpenFlags.O_WRONLY, 4L * page);
    for (int protection : new int[] {0, R, W, R | W}) {
      assertErrno(Errno.EACCES, () -> table.mmap(writeOnly, page, 0, protection, SHARED));
      assertErrno(Errno.EACCES, () -> table.mmap(neither, page, 0, protection, SHARED));
    }
    MemorySegment bytes = MemorySegment.ofArray(new byte[16]);
    assertErrno(Errno.EINVAL, () -> table.read(readOnly, bytes));
    assertErrno(Errno.EBADF, () -> table.write(readOnly, bytes));
    assertErrno(Errno.EBADF, () -> table.read(writeOnly, bytes));
    assertErrno(Errno.EINVAL, () -> table.write(writeOnly, bytes));
    assertErrno(Errno.EBADF, () -> table.read(neither, bytes));
    assertErrno(Errno.EBADF, () -> table.write(neither, bytes.asSlice(0, 0)));
  }

  @Test
  @Row({"A/3", "A/6", "U8"})
  void protectionIsThatOfTheMapping() {
    int fd = fd();
    CpuMapping none = table.mmap(fd, page, 0, 0, SHARED);
    CpuMapping reads = table.mmap(fd, page, 0, R, SHARED);
    CpuMapping writes = table.mmap(fd, page, 0, W, SHARED);
    CpuMapping runs = table.mmap(fd, page, 0, MmapFlags.PROT_EXEC, SHARED);
    writes.store(3, 200);
    assertThat(writes.load(3)).isEqualTo(200);
    assertThat(reads.load(3)).isEqualTo(200);
    assertThat(runs.load(3)).isEqualTo(200);
    assertSignal(Signal.SIGSEGV, () -> reads.store(3, 1));
    assertSignal(Signal.SIGSEGV, () -> runs.store(3, 1));
    assertSignal(Signal.SIGSEGV, () -> none.load(3));
    assertSignal(Signal.SIGSEGV, () -> none.store(3, 1));
    table.close(fd);
    assertThat(exporter.calls).doesNotContain("release");
    none.close();
    runs.close();
    writes.close();
    assertSignal(Signal.SIGSEGV, () -> writes.load(3));
    reads.close();
    assertThat(exporter.calls).endsWith("release");
  }

  @Test
  @Row("A/6")
  void mappingMayBecomeLessAndNeverMore() {
    int fd = fd();
    CpuMapping mapping = table.mmap(fd, 2L * page, 0, R | W, SHARED);
    mapping.store(page, 5);
    mapping.protect(R);
    assertSignal(Signal.SIGSEGV, () -> mapping.store(page, 6));
    assertThat(mapping.load(page)).isEqualTo(5);
    assertThat(mapping.segment().isReadOnly()).isTrue();
    mapping.protect(MmapFlags.PROT_NONE);
    assertSignal(Signal.SIGSEGV, () -> mapping.load(page));
    mapping.protect(R | W);
    mapping.store(page, 6);
    mapping.shrink(2L * page);
    assertThat(mapping.load(2L * page - 1)).as("as long as it was").isZero();
    mapping.shrink(page);
    assertSignal(Signal.SIGSEGV, () -> mapping.load(page));
    assertThat(mapping.load(page - 1L)).isZero();
    assertErrno(Errno.EFAULT, () -> mapping.shrink(page + 1L));
    assertErrno(Errno.EINVAL, () -> mapping.shrink(0));
    assertThatThrownBy(() -> mapping.load(page))
        .hasMessageContainingAll("mapping of " + page + " bytes", "at " + page, "SIGSEGV");
    table.close(fd);
    assertThat(exporter.calls).as("part of the mapping is left").doesNotContain("release");
    mapping.close();
    assertThat(exporter.calls).endsWith("release");
    assertErrno(Errno.ENOMEM, () -> mapping.protect(R));
    int readOnly = fd(OpenFlags.O_RDONLY, 4L * page);
    CpuMapping reads = table.mmap(readOnly, page, 0, R, SHARED);
    assertErrno(Errno.EACCES, () -> reads.protect(R | W));
    reads.protect(MmapFlags.PROT_NONE);
    reads.protect(R | MmapFlags.PROT_EXEC);
    assertThat(reads.load(0)).isZero();
    CpuMapping none = table.mmap(readOnly, page, 0, 0, SHARED);
    none.protect(R);
    assertThat(none.load(0)).isZero();
    assertErrno(Errno.EACCES, () -> none.protect(W));
  }

  @Test
  @Row("A/5")
  void mappingAtAnOffsetShowsThePagesThere() {
    int fd = fd();
    CpuMapping whole = table.mmap(fd, 4L * page, 0, R | W, SHARED);
    whole.store(2L * page + 3, 77);
    CpuMapping part = table.mmap(fd, page, 2L * page, R | W, SHARED);
    assertThat(part.load(3)).isEqualTo(77);
    part.store(4, 78);
    assertThat(whole.load(2L * page + 4)).isEqualTo(78);
    assertThat(part.load(0)).isZero();
  }

  private static void assertSignal(Signal signal, ThrowingCallable call) {
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(call)
        .satisfies(thrown -> assertThat(thrown.errno()).isEqualTo(Errno.EFAULT))
        .satisfies(thrown -> assertThat(thrown.signal()).contains(signal));
  }

  @Test
  @Row("F10")
  void exporterWithoutMmapIsEinval() {
    DmaBuf handle = RecordingExporter.of(driver, false).export(driver);
    int fd = driver.fd(handle, table, false);
    assertErrno(Errno.EINVAL, () -> table.mmap(fd, page, 0, R, SHARED));
  }

  @Test
  @Row({"F5", "A/7"})
  void syncTakesReadOrWriteAndAnEnd() {
    int fd = fd();
    for (long flags = 1; flags < 4; flags++) {
      DmaBufIoctl.sync(table, fd, flags);
      DmaBufIoctl.sync(table, fd, flags | DmaBufIoctl.SYNC_END);
    }
    assertThat(exporter.taken())
        .containsExactly(
            "begin(FROM_DEVICE)",
            "end(FROM_DEVICE)",
            "begin(TO_DEVICE)",
            "end(TO_DEVICE)",
            "begin(BIDIRECTIONAL)",
            "end(BIDIRECTIONAL)");
    long[] bad = {0, 4, 8, 9, 16, 31, 32, 1L << 31, (1L << 32) | 1, Long.MIN_VALUE | 3, -1};
    for (long flags : bad) {
      assertErrno(Errno.EINVAL, () -> DmaBufIoctl.sync(table, fd, flags));
    }
    MemorySegment null8 = MemorySegment.NULL;
    assertErrno(Errno.EFAULT, () -> table.ioctl(fd, DmaBufIoctl.SYNC, null8));
    MemorySegment tooShort = MemorySegment.ofArray(new byte[7]);
    assertErrno(Errno.EFAULT, () -> table.ioctl(fd, DmaBufIoctl.SYNC, tooShort));
    MemorySegment freed;
    try (Arena arena = Arena.ofConfined()) {
      freed = arena.allocate(8);
    }
    assertErrno(Errno.EFAULT, () -> table.ioctl(fd, DmaBufIoctl.SYNC, freed));
    MemorySegment flags = MemorySegment.ofArray(new long[] {1});
    assertErrno(Errno.ENOTTY, () -> table.ioctl(fd, Ioctl.write('b', 0, 4), flags));
    assertErrno(Errno.ENOTTY, () -> table.ioctl(fd, Ioctl.readWrite('b', 0, 8), flags));
    assertThat(exporter.taken()).isEmpty();
  }

  @Test
  @Row({"F5", "L/1"})
  void errorOfTheExportersEndIsTheProgramsWhileBeginAndEndNeedNotMatch() {
    int fd = fd();
    DmaBufIoctl.sync(table, fd, DmaBufIoctl.SYNC_END | DmaBufIoctl.SYNC_RW);
    DmaBufIoctl.sync(table, fd, DmaBufIoctl.SYNC_READ);
    DmaBufIoctl.sync(table, fd, DmaBufIoctl.SYNC_READ);
    DmaBufIoctl.sync(table, fd, DmaBufIoctl.SYNC_END | DmaBufIoctl.SYNC_WRITE);
    exporter.failing.add("end");
    exporter.failure = () -> new DmaBufException(Errno.EINVAL, "no START before");
    assertErrno(
        Errno.EINVAL,
        () -> DmaBufIoctl.sync(table, fd, DmaBufIoctl.SYNC_END | DmaBufIoctl.SYNC_READ));
  }

  @Test
  @Row({"F8", "L/7"})
  void firstProposalsRequestsAreAliasesByTheirExactNumbers() {
    int fd = fd();
    assertThat(table.ioctl(fd, DmaBufIoctl.PREPARE_ACCESS, MemorySegment.NULL)).isZero();
    assertThat(table.ioctl(fd, DmaBufIoctl.FINISH_ACCESS, MemorySegment.NULL)).isZero();
    assertThat(exporter.taken()).containsExactly("begin(BIDIRECTIONAL)", "end(BIDIRECTIONAL)");
    for (int other : new int[] {Ioctl.none('b', 0), Ioctl.none('Z', 2), Ioctl.write('Z', 0, 8)}) {
      assertErrno(Errno.ENOTTY, () -> table.ioctl(fd, other, MemorySegment.NULL));
    }
    assertThat(DmaBufIoctl.PREPARE_ACCESS).isEqualTo(0x5a00);
    assertThat(DmaBufIoctl.FINISH_ACCESS).isEqualTo(0x5a01);
    assertThat(DmaBufIoctl.SYNC).isEqualTo(0x40086200);
    assertThat(DmaBufIoctl.SET_NAME_A).isEqualTo(0x40046201);
    assertThat(DmaBufIoctl.SET_NAME_B).isEqualTo(DmaBufIoctl.SET_NAME).isEqualTo(0x40086201);
  }

  @Test
  @Row({"F7", "A/10"})
  void unknownRequestIsEnottyWhateverItsArgument() {
    int fd = fd();
    for (int number : new int[] {0, 4, 77, 255}) {
      assertErrno(Errno.ENOTTY, () -> table.ioctl(fd, Ioctl.none('b', number), MemorySegment.NULL));
    }
  }

  @Test
  @Row({"F6", "F9", "A/9", "L/7", "C12"})
  void namesAreSetByEachNumberAndShownEverywhere() {
    int fd = fd();
    assertThat(table.fdinfo(fd)).doesNotContain("name:\t\n").endsWith("exp_name:\trecorder\n");
    DmaBufIoctl.setName(table, fd, "first");
    assertThat(table.fdinfo(fd)).endsWith("exp_name:\trecorder\nname:\tfirst\n");
    for (int request : new int[] {DmaBufIoctl.SET_NAME_A, DmaBufIoctl.SET_NAME_B}) {
      MemorySegment text = text("n\u00e4m\n" + request);
      table.ioctl(table.dup(fd), request, text);
      assertThat(table.fdinfo(fd)).endsWith("name:\tn\u00e4m\n" + request + "\n");
    }
    DmaBufIoctl.setName(table, fd, "x".repeat(31));
    assertErrno(Errno.EINVAL, () -> DmaBufIoctl.setName(table, fd, "y".repeat(32)));
    assertErrno(Errno.EINVAL, () -> DmaBufIoctl.setName(table, fd, "\u00e9".repeat(16)));
    assertErrno(Errno.EFAULT, () -> table.ioctl(fd, DmaBufIoctl.SET_NAME, MemorySegment.NULL));
    MemorySegment endless = MemorySegment.ofArray("abc".getBytes(StandardCharsets.UTF_8));
    assertErrno(Errno.EFAULT, () -> table.ioctl(fd, DmaBufIoctl.SET_NAME, endless));
    assertThat(table.fdinfo(fd)).endsWith("name:\t" + "x".repeat(31) + "\n");
    DmaBufIoctl.setName(table, fd, "");
    assertThat(table.fdinfo(fd)).endsWith("name:\t\n");
  }

  private static MemorySegment text(String text) {
    return MemorySegment.ofArray((text + "\0").getBytes(StandardCharsets.UTF_8));
  }

  @Test
  @Row({"D1", "A/17"})
  void fdinfoIsTheKernelsText() {
    int fd = fd();
    long inode = driver.buffers().getLast().inode();
    assertThat(table.fdinfo(fd))
        .isEqualTo(
            "pos:\t0\nflags:\t02000002\nmnt_id:\t1\nino:\t"
                + inode
                + "\nsize:\t"
                + 4L * page
                + "\ncount:\t1\nexp_name:\trecorder\n");
    int other = table.dup(fd);
    CpuMapping mapping = table.mmap(fd, 1, 0, R, SHARED);
    assertThat(table.fdinfo(other)).contains("flags:\t02\n", "count:\t3\n");
    mapping.close();
    table.close(other);
    assertThat(table.fdinfo(fd)).contains("count:\t1\n");
    int readOnly = fd(OpenFlags.O_RDONLY, 4L * page);
    assertThat(table.fdinfo(readOnly)).contains("flags:\t02000000\n", "ino:\t" + (inode + 1));
  }

  /** Bytes that no program meant: whatever they are, the answer is a result or an errno. */
  @Test
  @Row("F7")
  void anyRequestWithAnyArgumentIsAnswered() {
    int fd = fd();
    Random random = new Random(3);
    for (int i = 0; i < 20_000; i++) {
      int request = random.nextInt();
      byte[] argument = new byte[random.nextInt(40)];
      random.nextBytes(argument);
      try {
        table.ioctl(fd, request, MemorySegment.ofArray(argument));
      } catch (DmaBufException refused) {
        assertThat(refused.errno()).isIn(Errno.ENOTTY, Errno.EFAULT, Errno.EINVAL);
      }
    }
  }
}
