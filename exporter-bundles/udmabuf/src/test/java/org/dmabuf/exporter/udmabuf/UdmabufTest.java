package org.dmabuf.exporter.udmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.dmabuf.memory.MemoryFile.F_SEAL_FUTURE_WRITE;
import static org.dmabuf.memory.MemoryFile.F_SEAL_GROW;
import static org.dmabuf.memory.MemoryFile.F_SEAL_SEAL;
import static org.dmabuf.memory.MemoryFile.F_SEAL_SHRINK;
import static org.dmabuf.memory.MemoryFile.F_SEAL_WRITE;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmabuf.Attachment;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.Errno;
import org.dmabuf.ExportPolicy;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.MmapFlags;
import org.dmabuf.heap.udmabuf.UdmabufItem;
import org.dmabuf.memory.MemoryAccount;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Buffers over memory files, with the kernel's precedence of errors. */
class UdmabufTest {
  private static final long MIB = 1L << 20;
  private static final int BOTH = MmapFlags.PROT_READ | MmapFlags.PROT_WRITE;

  private final DmaBufCore core = DmaBufCore.create(MIB, Duration.ofSeconds(1));
  private final DmaBufRegistry driver = core.open("udmabuf");
  private final DmaBufRegistry user = core.open("user");
  private final FileTable files = user.files();
  private final Udmabuf udmabuf = new Udmabuf(driver, new Config(1024, 64));
  private final int page = user.pageSize();

  private record Config(int list_limit, long size_limit_mb) implements UdmabufConfig {
    @Override
    public ExportPolicy policy() {
      return ExportPolicy.ADOPT;
    }

    @Override
    public Class<UdmabufConfig> annotationType() {
      return UdmabufConfig.class;
    }
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(user.buffers()).isEmpty();
    files.close();
    assertThat(files.account().used()).isZero();
    core.close();
  }

  private int memfd(long bytes, int seals) {
    return user.memfd(files, "frame", bytes, seals, false);
  }

  private int create(int memfd, long offset, long size) {
    return udmabuf.create(files, memfd, offset, size, 0);
  }

  private int list(UdmabufItem... items) {
    return udmabuf.createList(files, List.of(items), 0);
  }

  private static void assertErrno(Errno expected, ThrowingCallable call) {
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(call)
        .satisfies(
            refused -> assertThat(refused.errno()).as(refused.sentence()).isEqualTo(expected));
  }

  private void put(int fd, long offset, int value) {
    try (CpuMapping mapping =
        files.mmap(fd, page, offset / page * page, BOTH, MmapFlags.MAP_SHARED)) {
      mapping.segment().set(ValueLayout.JAVA_BYTE, offset % page, (byte) value);
    }
  }

  private int read(int fd, long offset) {
    try (CpuMapping mapping =
        files.mmap(fd, page, offset / page * page, MmapFlags.PROT_READ, MmapFlags.MAP_SHARED)) {
      return mapping.segment().get(ValueLayout.JAVA_BYTE, offset % page);
    }
  }

  @Test
  @Row({"B/2", "N11"})
  void bufferSharesThePagesOfItsMemoryFile() {
    int memfd = memfd(4L * page, F_SEAL_SHRINK);
    put(memfd, 2L * page, 7);
    int fd = create(memfd, page, 2L * page);
    assertThat(read(fd, page)).as("offsets are honoured").isEqualTo(7);
    put(fd, 5, 9);
    assertThat(read(memfd, page + 5L)).isEqualTo(9);
    try (DmaBuf buffer = user.get(fd);
        Attachment attachment = buffer.attach(DmaDevice.named("camera"))) {
      assertThat(buffer.exporterName()).isEqualTo("udmabuf");
      assertThat(buffer.size()).isEqualTo(2L * page);
      SgTable table = attachment.mapUnlocked(DmaDirection.BIDIRECTIONAL);
      MemorySegment device = table.segments().getFirst();
      assertThat(device.get(ValueLayout.JAVA_BYTE, 5)).isEqualTo((byte) 9);
      attachment.unmapUnlocked(table);
      assertErrno(Errno.EINVAL, () -> attachment.mapUnlocked(DmaDirection.NONE));
    }
    assertErrno(Errno.EINVAL, () -> files.mmap(fd, page, 2L * page, BOTH, MmapFlags.MAP_SHARED));
    files.close(fd);
  }

  @Test
  @Row({"B/3"})
  void bufferOutlivesTheDescriptorOfItsMemoryFileAndItsDriver() {
    int memfd = memfd(page, F_SEAL_SHRINK);
    put(memfd, 0, 7);
    int fd = create(memfd, 0, page);
    files.close(memfd);
    assertErrno(Errno.EBADFD, () -> create(memfd, 0, page));
    assertThat(read(fd, 0)).isEqualTo(7);
    core.leave(driver);
    core.close(driver);
    assertThat(read(fd, 0)).isEqualTo(7);
    assertThat(files.account().used()).isEqualTo(page);
    files.close(fd);
  }

  @Test
  @Row({"B/2"})
  void itemsKeepTheirOrderAndAPageMayComeTwice() {
    int one = memfd(2L * page, F_SEAL_SHRINK);
    int two = memfd(page, F_SEAL_SHRINK);
    put(one, 0, 10);
    put(one, page, 11);
    put(two, 0, 20);
    int fd =
        list(
            new UdmabufItem(one, page, page),
            new UdmabufItem(two, 0, page),
            new UdmabufItem(one, 0, 2L * page),
            new UdmabufItem(two, 0, page));
    assertThat(new int[] {read(fd, 0), read(fd, page), read(fd, 2L * page), read(fd, 3L * page)})
        .containsExactly(11, 20, 10, 11);
    put(fd, page + 1L, 99);
    assertThat(read(fd, 4L * page + 1)).isEqualTo(99);
    user.get(fd).close();
    files.close(fd);
  }

  @Test
  @Row({"B/1", "L/6"})
  void alignmentAndSizesComeBeforeTheDescriptor() {
    assertErrno(Errno.EINVAL, () -> create(-1, 1, page));
    assertErrno(Errno.EINVAL, () -> create(-1, 0, page - 1));
    assertErrno(Errno.EINVAL, () -> create(-1, 0, 0));
    assertErrno(Errno.EINVAL, () -> create(-1, 0, 64 * MIB + page));
    assertErrno(Errno.EINVAL, () -> create(-1, 0, -page));
    assertErrno(Errno.EBADFD, () -> create(-1, 0, 64 * MIB));
    assertErrno(Errno.EBADFD, () -> create(-1, -page, page));
  }

  @Test
  @Row({"B/2", "L/6"})
  void alignmentOfAllItemsComesBeforeTheFirstDescriptorThenItemByItem() {
    int memfd = memfd(page, F_SEAL_SHRINK);
    int unsealed = memfd(page, 0);
    UdmabufItem good = new UdmabufItem(memfd, 0, page);
    UdmabufItem bad = new UdmabufItem(-1, 0, page);
    UdmabufItem beyond = new UdmabufItem(memfd, page, page);
    assertErrno(Errno.EINVAL, () -> list(bad, new UdmabufItem(memfd, 5, page)));
    assertErrno(Errno.EINVAL, () -> list(bad, new UdmabufItem(memfd, 0, 64 * MIB)));
    assertErrno(
        Errno.EINVAL, () -> list(new UdmabufItem(-1, 0, Long.MAX_VALUE / page * page), good, good));
    assertErrno(Errno.EBADFD, () -> list(good, bad, beyond));
    assertErrno(Errno.EINVAL, () -> list(good, beyond, bad));
    assertErrno(Errno.EINVAL, () -> list(new UdmabufItem(unsealed, 0, page), bad));
    assertErrno(Errno.EINVAL, () -> list(new UdmabufItem(-1, 0, 0), new UdmabufItem(-1, 0, 0)));
    assertErrno(Errno.EINVAL, () -> list(good, new UdmabufItem(memfd, 0, 0)));
    assertThat(files.size()).isEqualTo(2);
  }

  @Test
  @Row({"B/1", "N11"})
  void whatIsNoMemoryFileIsEbadfd() {
    int memfd = memfd(page, F_SEAL_SHRINK);
    int fd = create(memfd, 0, page);
    assertErrno(Errno.EBADFD, () -> create(fd, 0, page));
    assertErrno(Errno.EBADFD, () -> create(9999, 0, page));
    files.close(fd);
  }

  @Test
  @Row({"B/1", "N11"})
  void sealsDecide() {
    for (int wrong :
        new int[] {
          0, F_SEAL_GROW, F_SEAL_SHRINK | F_SEAL_WRITE, F_SEAL_SHRINK | F_SEAL_FUTURE_WRITE
        }) {
      int memfd = memfd(page, wrong);
      assertErrno(Errno.EINVAL, () -> create(memfd, 0, page));
    }
    int memfd = memfd(page, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
    files.close(create(memfd, 0, page));
  }

  @Test
  @Row({"B/1", "L/10"})
  void rangeLiesWithinTheExactSize() {
    int memfd = memfd(page + 1L, F_SEAL_SHRINK);
    assertErrno(Errno.EINVAL, () -> create(memfd, 0, 2L * page));
    assertErrno(Errno.EINVAL, () -> create(memfd, page, page));
    assertErrno(Errno.EINVAL, () -> create(memfd, -page, page));
    files.close(create(memfd, 0, page));
  }

  @Test
  @Row({"B/1"})
  void sizeLimitIsInclusive() {
    int memfd = memfd(65 * MIB, F_SEAL_SHRINK);
    int fd = create(memfd, page, 64 * MIB);
    put(fd, 64 * MIB - 1, 3);
    assertThat(read(memfd, 64 * MIB + page - 1)).isEqualTo(3);
    files.close(fd);
  }

  @Test
  @Row({"B/2", "N11"})
  void listLimitIsInclusive() {
    int memfd = memfd(page, F_SEAL_SHRINK);
    List<UdmabufItem> items =
        new ArrayList<>(Collections.nCopies(1024, new UdmabufItem(memfd, 0, page)));
    int fd = udmabuf.createList(files, items, 0);
    try (DmaBuf buffer = user.get(fd)) {
      assertThat(buffer.size()).isEqualTo(1024L * page);
    }
    put(fd, 1023L * page, 4);
    assertThat(read(fd, 0)).isEqualTo(4);
    files.close(fd);
    items.add(items.getFirst());
    assertErrno(Errno.EINVAL, () -> udmabuf.createList(files, items, 0));
    assertErrno(Errno.EINVAL, () -> udmabuf.createList(files, List.of(), 0));
  }

  @ParameterizedTest
  @Row({"B/2"})
  @ValueSource(ints = {0, 1, 2, 3, 255, -1})
  void onlyTheFirstFlagMeansSomething(int flags) {
    int memfd = memfd(page, F_SEAL_SHRINK);
    int fd = udmabuf.create(files, memfd, 0, page, flags);
    assertThat(files.isCloseOnExec(fd)).isEqualTo((flags & 1) != 0);
    put(fd, 0, 1);
    files.close(fd);
  }

  @Test
  @Row({"L/1"})
  void endIsEinvalUntilABeginOnThatBufferThroughAnyHandle() {
    int memfd = memfd(page, F_SEAL_SHRINK);
    int fd = create(memfd, 0, page);
    int other = create(memfd, 0, page);
    try (DmaBuf buffer = user.get(fd);
        DmaBuf second = user.get(other);
        DmaBuf same = core.open("another client").adopt(buffer)) {
      second.beginCpuAccess(DmaDirection.FROM_DEVICE);
      assertErrno(Errno.EINVAL, () -> buffer.endCpuAccess(DmaDirection.BIDIRECTIONAL));
      same.beginCpuAccess(DmaDirection.FROM_DEVICE);
      buffer.endCpuAccess(DmaDirection.BIDIRECTIONAL);
      buffer.endCpuAccess(DmaDirection.TO_DEVICE);
    }
    files.close(fd);
    files.close(other);
  }

  @Test
  @Row({"B/6"})
  void fullTableIsEmfileAndKeepsNothing() {
    FileTable tiny = new FileTable("tiny", new MemoryAccount("tiny"), 1, page, user.clock());
    int memfd = user.memfd(tiny, "frame", page, F_SEAL_SHRINK, false);
    assertErrno(Errno.EMFILE, () -> udmabuf.create(tiny, memfd, 0, page, 0));
    tiny.close();
    assertThat(tiny.account().used()).isZero();
  }

  @Test
  void limitsThatCannotBeAreEinval() {
    assertErrno(Errno.EINVAL, () -> new Udmabuf(driver, new Config(0, 64)));
    assertErrno(Errno.EINVAL, () -> new Udmabuf(driver, new Config(1, 0)));
    assertErrno(Errno.EINVAL, () -> new Udmabuf(driver, new Config(1, Long.MAX_VALUE)));
  }
}
