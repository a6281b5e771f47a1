package org.dmabuf.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.Framework;
import org.dmabuf.Row;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a dma-buf and a memory file say of themselves, and what programs may do to them besides. */
class FileAttributesTest {
  private static final int RW = MmapFlags.PROT_READ | MmapFlags.PROT_WRITE;

  @RegisterExtension final Framework framework = new Framework();
  private FileTable table;
  private int fd;
  private int memfd;

  @BeforeEach
  void open() {
    DmaBufRegistry registry = framework.open("program");
    table = registry.files();
    fd = Framework.exportInto(registry, 16384);
    memfd = registry.memfd(table, "test", 16384, 0, false);
  }

  private CpuMapping map(int file) {
    return table.mmap(file, 8192, 4096, RW, MmapFlags.MAP_SHARED);
  }

  @Test
  @Row("A/16")
  void permissionsOwnerAndTimesAreKeptAndTheTypeStays() {
    FileAttributes attributes = table.attributes();
    attributes.chmod(fd, 0100777);
    attributes.chown(fd, 5, -1);
    attributes.chown(fd, -1, 6);
    attributes.setTimes(fd, 7, 8);
    FileStatus status = table.stat(table.dup(fd));
    assertThat(status.mode()).isEqualTo(0777);
    assertThat(status.uid()).isEqualTo(5);
    assertThat(status.gid()).isEqualTo(6);
    assertThat(status.accessed()).isEqualTo(7);
    assertThat(status.modified()).isEqualTo(8);
    assertThat(status.size()).isEqualTo(16384);
    attributes.chmod(memfd, 0);
    assertThat(table.stat(memfd).mode()).isEqualTo(0100000);
    assertErrno(Errno.EBADF, () -> attributes.chmod(77, 0));
    assertErrno(Errno.EBADF, () -> attributes.chown(77, 0, 0));
    assertErrno(Errno.EBADF, () -> attributes.setTimes(77, 0, 0));
  }

  @Test
  @Row("A/16")
  void attributesAndNamesAreRefused() {
    FileAttributes attributes = table.attributes();
    assertErrno(Errno.ENODATA, () -> attributes.xattr(fd, "user.owner"));
    assertErrno(Errno.EPERM, () -> attributes.setXattr(fd, "user.owner", new byte[1]));
    assertErrno(Errno.EOPNOTSUPP, () -> attributes.setXattr(memfd, "user.owner", new byte[1]));
    assertErrno(Errno.EXDEV, () -> attributes.link(fd, "frame"));
    assertErrno(Errno.EBADF, () -> attributes.xattr(77, "user.owner"));
    assertErrno(Errno.EBADF, () -> attributes.setXattr(77, "user.owner", new byte[1]));
    assertErrno(Errno.EBADF, () -> attributes.link(77, "frame"));
  }

  @Test
  @Row("A/16")
  void dmaBufIsNoPipeAndNobodyLeasesIt() {
    FileControl control = table.control();
    assertErrno(Errno.EBADF, () -> control.pipeSize(fd));
    assertThat(control.lease(fd)).isEqualTo(FileLocks.F_UNLCK);
    for (int type : new int[] {-1, 0, 1, 2, 3}) {
      assertErrno(Errno.EINVAL, () -> control.setLease(fd, type));
    }
    for (int type : new int[] {FileLocks.F_RDLCK, FileLocks.F_WRLCK, FileLocks.F_UNLCK}) {
      assertErrno(Errno.EAGAIN, () -> control.setLease(memfd, type));
    }
    assertErrno(Errno.EINVAL, () -> control.setLease(memfd, 3));
    assertErrno(Errno.EINVAL, () -> control.setLease(memfd, -1));
    assertErrno(Errno.EBADF, () -> control.setLease(77, 0));
    assertErrno(Errno.EBADF, () -> control.lease(77));
  }

  @Test
  @Row("A/6")
  void mappingIsSynchronizedSomeTimeOnly() {
    MappedMemory memory = table.memory();
    try (CpuMapping mapping = map(fd);
        CpuMapping file = map(memfd)) {
      memory.sync(mapping, MappedMemory.MS_ASYNC);
      memory.sync(mapping, MappedMemory.MS_ASYNC | MappedMemory.MS_INVALIDATE);
      memory.sync(mapping, 0);
      memory.sync(file, MappedMemory.MS_SYNC);
      assertErrno(Errno.EINVAL, () -> memory.sync(mapping, MappedMemory.MS_SYNC));
      for (int flags : new int[] {5, 8, -1}) {
        assertErrno(Errno.EINVAL, () -> memory.sync(file, flags));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  @Row("A/6")
  void pagesOfADmaBufStayWhateverIsAdvised(Advice advice) {
    MappedMemory memory = table.memory();
    try (CpuMapping mapping = map(fd)) {
      mapping.store(0, 9);
      switch (advice) {
        case WILL_NEED, DONT_FORK, DO_FORK -> memory.advise(mapping, advice);
        case DONT_NEED, FREE, MERGEABLE ->
            assertErrno(Errno.EINVAL, () -> memory.advise(mapping, advice));
        case REMOVE -> assertErrno(Errno.ENODEV, () -> memory.advise(mapping, advice));
      }
      assertThat(mapping.load(0)).isEqualTo(9);
    }
  }

  @ParameterizedTest
  @EnumSource
  void pagesOfAMemoryFileGoByAHoleAlone(Advice advice) {
    try (CpuMapping mapping = map(memfd)) {
      mapping.store(0, 9);
      if (advice == Advice.FREE) {
        assertErrno(Errno.EINVAL, () -> table.memory().advise(mapping, advice));
      } else {
        table.memory().advise(mapping, advice);
      }
      assertThat(mapping.load(0)).isEqualTo(advice == Advice.REMOVE ? 0 : 9);
    }
    assertThat(table.stat(memfd).size()).isEqualTo(16384);
  }

  @Test
  @Row("A/6")
  void onlyMappingsOfTheTableAreKnown() {
    FileTable other = framework.open("other").files();
    CpuMapping mapping = map(fd);
    assertErrno(Errno.ENOMEM, () -> other.memory().sync(mapping, 1));
    mapping.close();
    assertErrno(Errno.ENOMEM, () -> table.memory().sync(mapping, 1));
    assertErrno(Errno.ENOMEM, () -> table.memory().advise(mapping, Advice.WILL_NEED));
  }
}
