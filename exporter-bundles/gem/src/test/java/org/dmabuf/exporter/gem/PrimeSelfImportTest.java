package org.dmabuf.exporter.gem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.exporter.gem.VgemRig.PAGE;
import static org.dmabuf.exporter.gem.VgemRig.assertErrno;

import java.util.concurrent.atomic.AtomicBoolean;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.Whence;
import org.dmabuf.gem.GemIoctl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** IGT's prime_self_import by the names of its cases; the races run for longer in itests. */
final class PrimeSelfImportTest {
  private static final int ROUNDS = 3_000;

  private final VgemRig rig = new VgemRig();
  private final FileTable files = rig.files;
  private final int one = rig.open(rig.vgem);
  private final int other = rig.open(rig.vgem);

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  @Row({"M2", "D/2"})
  void basic_with_one_bo() {
    int handle = rig.create(one, 1);
    int fd = rig.share(one, handle);
    int imported = rig.take(other, fd);
    checkSame(one, handle, other, imported);
    assertThat(rig.take(other, fd)).as("imported again").isEqualTo(imported);
    assertThat(rig.take(one, fd)).as("imported by its exporter").isEqualTo(handle);
    int again = rig.share(other, imported);
    assertThat(rig.take(other, again)).as("shared again").isEqualTo(imported);
    GemIoctl.close(files, one, handle);
    int back = rig.take(one, fd);
    checkSame(one, back, other, imported);
    files.close(one);
    try (CpuMapping mapping = GemIoctl.mmapDumb(files, other, imported, PAGE)) {
      mapping.store(1, 1);
      assertThat(mapping.load(1)).as("after its exporter was closed").isEqualTo(1);
    }
    GemIoctl.close(files, other, imported);
    assertErrno(Errno.EINVAL, () -> GemIoctl.close(files, other, imported));
  }

  @Test
  @Row({"M2", "M5"})
  void basic_with_one_bo_two_files() {
    int handle = rig.create(one, 1);
    int fd = rig.share(one, handle);
    int imported = rig.take(other, fd);
    int second = rig.share(other, imported);
    assertThat(files.isSame(fd, second)).as("one file for both").isTrue();
    assertThat(rig.take(one, second)).isEqualTo(handle);
    checkSame(one, handle, other, imported);
  }

  @Test
  @Row("M2")
  void basic_with_two_bos() {
    int first = rig.create(one, 1);
    int second = rig.create(one, 1);
    int firstFd = rig.share(one, first);
    int secondFd = rig.share(one, second);
    int firstImport = rig.take(other, firstFd);
    int secondImport = rig.take(other, secondFd);
    assertThat(firstImport).isNotEqualTo(secondImport);
    GemIoctl.close(files, one, first);
    files.close(firstFd);
    checkSame(one, second, other, secondImport);
    int back = rig.take(one, rig.share(other, firstImport));
    checkSame(one, back, other, firstImport);
  }

  @Test
  @Row("M2")
  void basic_with_fd_dup() {
    int handle = rig.create(one, 1);
    int fd = rig.share(one, handle);
    int copy = files.dup(fd);
    int imported = rig.take(other, fd);
    assertThat(rig.take(other, copy)).isEqualTo(imported);
    files.close(fd);
    assertThat(rig.take(other, copy)).isEqualTo(imported);
    assertErrno(Errno.EBADF, () -> rig.take(other, fd));
    files.close(copy);
    checkSame(one, handle, other, imported);
  }

  @Test
  @Row("F4")
  void basic_llseek_size() {
    for (int pages = 1; pages <= 64; pages *= 2) {
      int handle = rig.create(one, pages);
      int fd = rig.share(one, handle);
      GemIoctl.close(files, one, handle);
      assertThat(files.lseek(fd, 0, Whence.SEEK_END)).isEqualTo((long) pages * PAGE);
      files.close(fd);
    }
  }

  @Test
  @Row("F4")
  void basic_llseek_bad() {
    int handle = rig.create(one, 1);
    int fd = rig.share(one, handle);
    assertErrno(Errno.EINVAL, () -> files.lseek(fd, -1, Whence.SEEK_END));
    assertErrno(Errno.EINVAL, () -> files.lseek(fd, 1, Whence.SEEK_SET));
    assertErrno(Errno.EINVAL, () -> files.lseek(fd, 0, Whence.SEEK_CUR));
    assertErrno(Errno.EINVAL, () -> files.lseek(fd, PAGE, Whence.SEEK_SET));
    assertThat(files.lseek(fd, 0, Whence.SEEK_SET)).isZero();
  }

  @Test
  @Row({"M3", "M7"})
  void export_vs_gem_close_race() throws Exception {
    AtomicBoolean ended = new AtomicBoolean();
    VgemRig.Running sharing = VgemRig.start(() -> shares(1, ended));
    try {
      for (int i = 0; i < ROUNDS; i++) {
        int handle = rig.create(one, 1);
        assertThat(handle).as("the lowest free number").isEqualTo(1);
        GemIoctl.close(files, one, handle);
      }
    } finally {
      ended.set(true);
    }
    sharing.join();
    assertThat(rig.program.buffers()).isEmpty();
    assertThat(rig.program.holdings().bytes()).isZero();
  }

  /** Shares whatever a number names just now, until told. */
  private Object shares(int handle, AtomicBoolean ended) {
    while (!ended.get()) {
      try {
        files.close(rig.share(one, handle));
      } catch (DmaBufException closed) {
        assertThat(closed.errno()).isEqualTo(Errno.ENOENT);
      }
    }
    return null;
  }

  @Test
  @Row({"M2", "M4", "M7"})
  void reimport_vs_gem_close_race() throws Exception {
    int object = rig.create(one, 1);
    int fd = rig.share(one, object);
    VgemRig.Running second = VgemRig.start(() -> takesAndCloses(fd));
    takesAndCloses(fd);
    second.join();
    assertThat(rig.program.buffers()).hasSize(1);
    GemIoctl.close(files, one, object);
    files.close(fd);
    assertThat(rig.program.buffers()).isEmpty();
    assertThat(rig.program.holdings().bytes()).isZero();
  }

  private Object takesAndCloses(int fd) {
    for (int i = 0; i < ROUNDS; i++) {
      int handle = rig.take(other, fd);
      assertThat(handle).as("one handle at a time").isEqualTo(1);
      try {
        GemIoctl.close(files, other, handle);
      } catch (DmaBufException byTheOther) {
        assertThat(byTheOther.errno()).isEqualTo(Errno.EINVAL);
      }
    }
    return null;
  }

  /** What is stored through one handle is loaded through the other. */
  private void checkSame(int device, int handle, int otherDevice, int otherHandle) {
    try (CpuMapping stored = GemIoctl.mmapDumb(files, device, handle, PAGE);
        CpuMapping loaded = GemIoctl.mmapDumb(files, otherDevice, otherHandle, PAGE)) {
      stored.store(17, 42);
      assertThat(loaded.load(17)).isEqualTo(42);
      stored.store(17, 0);
    }
  }
}
