package org.dmabuf.exporter.gem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.exporter.gem.VgemRig.PAGE;
import static org.dmabuf.exporter.gem.VgemRig.assertErrno;

import org.dmabuf.Errno;
import org.dmabuf.ExportPolicy;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFlags;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Buffers of a GEM device for those who know nothing of handles. */
final class GemExporterTest {
  private record Config(String dmabuf_exporter, String node_target) implements GemExporterConfig {
    @Override
    public Class<GemExporterConfig> annotationType() {
      return GemExporterConfig.class;
    }
  }

  private static final int SHARE = OpenFlags.O_RDWR | OpenFlags.O_CLOEXEC;

  private final VgemRig rig = new VgemRig();
  private final FileTable files = rig.files;
  private final GemExporter exporter = new GemExporter(rig.vgem, rig.driver, new Config("gem", ""));

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void shouldGiveABufferOfWholePagesThatIsAllThatIsLeft() {
    assertThat(exporter.name()).isEqualTo("gem");
    int fd = exporter.allocate(files, 3L * PAGE + 1, SHARE, 0);
    assertThat(files.size()).isEqualTo(1);
    assertThat(files.stat(fd).size()).isEqualTo(4L * PAGE);
    assertThat(files.isCloseOnExec(fd)).isTrue();
    assertThat(files.account().used()).isEqualTo(4L * PAGE);
    rig.map(fd, PAGE).close();
    files.close(fd);
    assertThat(rig.program.holdings().bytes()).isZero();
  }

  @Test
  void shouldLeaveNothingWhenItRefuses() {
    assertErrno(Errno.EINVAL, () -> exporter.allocate(files, 0, SHARE, 0));
    assertErrno(Errno.EINVAL, () -> exporter.allocate(files, -1, SHARE, 0));
    assertErrno(Errno.EINVAL, () -> exporter.allocate(files, 1L << 32, SHARE, 0));
    assertErrno(Errno.EINVAL, () -> exporter.allocate(files, PAGE, SHARE, 1));
    assertErrno(Errno.EINVAL, () -> exporter.allocate(files, PAGE, OpenFlags.O_WRONLY, 0));
    assertErrno(Errno.ENOMEM, () -> exporter.allocate(files, 1L << 31, SHARE, 0));
    assertThat(files.size()).isZero();
    assertThat(rig.program.holdings().bytes()).isZero();
  }

  @Test
  void shouldRefuseToHaveNoName() {
    assertErrno(Errno.EINVAL, () -> new GemExporter(rig.vgem, rig.driver, new Config("", "")));
    assertErrno(
        Errno.EINVAL, () -> new Vgem(rig.driver, new VgemRig.Config("", ExportPolicy.ADOPT)));
  }

  @Test
  void shouldGiveBuffersThatSurviveItsBundle() {
    int fd = exporter.allocate(files, PAGE, SHARE, 0);
    try (var mapping = rig.map(fd, PAGE)) {
      mapping.store(0, 5);
      rig.stopDriver();
      assertErrno(Errno.ENODEV, () -> exporter.allocate(files, PAGE, SHARE, 0));
      try (var again = rig.map(fd, PAGE)) {
        assertThat(again.load(0)).isEqualTo(5);
      }
    }
  }
}
