package org.dmabuf.importer.display;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.ManualClock;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.gem.GemFenceIoctl;
import org.dmabuf.gem.GemIoctl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The display as a GEM device. */
final class VkmsTest {
  private static final int SHARE = GemIoctl.CLOEXEC | GemIoctl.RDWR;

  private final DmaBufCore core =
      DmaBufCore.create(new ManualClock(), 1L << 24, Duration.ofSeconds(5));
  private final DmaBufRegistry driver = core.open("display's bundle");
  private final DmaBufRegistry program = core.open("program");
  private final FileTable files = program.files();
  private final Vkms vkms = new Vkms(driver, VkmsConfigs.named("vkms"));
  private final Vkms second = new Vkms(driver, VkmsConfigs.named("vkms1"));
  private final int device = vkms.open(files, OpenFlags.O_RDWR);

  @AfterEach
  void close() {
    vkms.stop();
    second.stop();
    core.close();
  }

  @Test
  @Row({"M5", "L/15"})
  void shouldShareItsBuffersAlsoWithinOneBundle() {
    assertThat(vkms.name()).isEqualTo("vkms");
    int handle = GemIoctl.createDumb(files, device, 640, 480, 32).handle();
    int fd = GemIoctl.handleToFd(files, device, handle, SHARE);
    assertThat(files.fdinfo(fd)).contains("exp_name:\tdrm\n");
    int other = second.open(files, OpenFlags.O_RDWR);
    int imported = GemIoctl.fdToHandle(files, other, fd);
    refuses(Errno.EINVAL, () -> GemIoctl.mapDumb(files, other, imported));
    try (CpuMapping mapping = GemIoctl.mmapDumb(files, device, handle, 640 * 480 * 4)) {
      assertThat(mapping.load(640 * 480 * 4 - 1)).isZero();
    }
  }

  @Test
  @Row("L/13")
  void shouldHaveNoClientFences() {
    int handle = GemIoctl.createDumb(files, device, 64, 64, 32).handle();
    refuses(Errno.EINVAL, () -> GemFenceIoctl.attach(files, device, handle, 0));
    refuses(Errno.EINVAL, () -> GemFenceIoctl.signal(files, device, 1));
  }

  @Test
  void shouldRefuseToHaveNoName() {
    refuses(Errno.EINVAL, () -> new Vkms(driver, VkmsConfigs.named("")));
  }

  private static void refuses(Errno errno, ThrowingCallable call) {
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(call)
        .satisfies(refused -> assertThat(refused.errno()).isEqualTo(errno));
  }
}
