package org.dmabuf.gem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.gem.GemRig.assertErrno;

import org.dmabuf.CpuMapping;
import org.dmabuf.Errno;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Handles as objects. */
final class GemClientTest {
  private final GemRig rig = new GemRig();
  private final GemCore vgem = rig.start("vgem");
  private final GemCore vkms = rig.startOther("vkms");

  @AfterEach
  void close() {
    vgem.close();
    vkms.close();
    rig.close();
  }

  @Test
  @Row("M2")
  void shouldShareBetweenDevices() {
    try (GemClient one = GemClient.open(vgem, rig.files);
        GemClient other = GemClient.open(vkms, rig.files);
        GemHandle picture = one.createDumb(64, 48, 32)) {
      assertThat(picture.size()).isEqualTo(12288);
      assertThat(picture.pitch()).hasValue(256);
      int fd = picture.export(true);
      GemHandle imported = other.importBuffer(fd);
      assertThat(other.importBuffer(fd)).isSameAs(imported);
      assertThat(imported.size()).isEqualTo(12288);
      assertThat(imported.pitch()).isEmpty();
      assertErrno(Errno.EINVAL, imported::mmap);
      imported.close();
      imported.close();
      assertErrno(Errno.EBADF, () -> imported.export(true));
      assertThat(other.importBuffer(fd)).isNotSameAs(imported);
      try (CpuMapping mapping = picture.mmap()) {
        assertThat(mapping.length()).isEqualTo(12288);
      }
      rig.files.close(fd);
    }
    assertThat(rig.files.size()).isZero();
  }

  @Test
  void shouldAttachFences() {
    try (GemClient client = GemClient.open(vgem, rig.files)) {
      GemHandle handle = client.createDumb(64, 64, 32);
      GemHandle.Fence fence = handle.attachFence(true);
      assertErrno(Errno.EBUSY, () -> handle.attachFence(false));
      fence.signal();
      assertErrno(Errno.ENOENT, fence::signal);
      handle.attachFence(false).signal();
    }
  }

  @Test
  void shouldCloseItsHandlesWithIt() {
    GemClient client = GemClient.open(vgem, rig.files);
    GemHandle handle = client.createDumb(64, 64, 32);
    client.close();
    client.close();
    handle.close();
    assertErrno(Errno.EBADF, handle::mmap);
    assertErrno(Errno.EBADF, () -> client.createDumb(1, 1, 8));
    assertThat(rig.user.holdings().bytes()).isZero();
  }

  @Test
  void shouldSurviveItsDriver() {
    GemClient client = GemClient.open(vgem, rig.files);
    GemHandle handle = client.createDumb(64, 64, 32);
    vgem.close();
    assertErrno(Errno.ENODEV, handle::mmap);
    assertErrno(Errno.ENODEV, () -> client.createDumb(1, 1, 8));
    assertErrno(Errno.ENODEV, handle::close);
    client.close();
  }
}
