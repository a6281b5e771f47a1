package org.dmabuf.exporter.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.Errno;
import org.dmabuf.ManualClock;
import org.dmabuf.file.DeviceNode;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.sync.SyncObjIoctl;
import org.dmabuf.sync.SyncObjListIoctl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class VirtioGpuTest {
  private record Config(String dmabuf_node) implements VirtioGpuConfig {
    @Override
    public Class<VirtioGpuConfig> annotationType() {
      return VirtioGpuConfig.class;
    }
  }

  private final DmaBufCore core =
      DmaBufCore.create(new ManualClock(), 1 << 20, Duration.ofSeconds(5));
  private final DmaBufRegistry driver = core.open("driver");
  private final DmaBufRegistry program = core.open("program");

  @AfterEach
  void close() {
    core.close();
  }

  @Test
  @Row("N14")
  void shouldOpenFilesWithSyncObjectsOfTheirOwn() {
    DeviceNode node = new VirtioGpu(driver, new Config("virtio_gpu"));
    assertThat(node.name()).isEqualTo("virtio_gpu");
    FileTable files = program.files();
    int one = node.open(files, OpenFlags.O_RDWR | OpenFlags.O_CLOEXEC);
    int other = node.open(files, OpenFlags.O_RDWR);
    assertThat(files.isCloseOnExec(one)).isTrue();
    assertThat(files.isCloseOnExec(other)).isFalse();
    int handle = SyncObjIoctl.create(files, one, 0);
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(() -> SyncObjListIoctl.reset(files, other, new int[] {handle}))
        .satisfies(refused -> assertThat(refused.errno()).isEqualTo(Errno.ENOENT));
  }

  @Test
  @Row("N8")
  void shouldLeaveWorkingWhatIsOpenWhenItsBundleGoes() {
    DeviceNode node = new VirtioGpu(driver, new Config("gpu7"));
    FileTable files = program.files();
    int device = node.open(files, OpenFlags.O_RDWR);
    core.close(driver);
    int handle = SyncObjIoctl.create(files, device, SyncObjIoctl.CREATE_SIGNALED);
    assertThat(SyncObjListIoctl.await(files, device, new int[] {handle}, 0, 0)).isZero();
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(() -> node.open(files, OpenFlags.O_RDWR))
        .satisfies(refused -> assertThat(refused.errno()).isEqualTo(Errno.ENODEV));
  }

  @Test
  void shouldRefuseToHaveNoName() {
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(() -> new VirtioGpu(driver, new Config("")))
        .satisfies(refused -> assertThat(refused.errno()).isEqualTo(Errno.EINVAL));
  }
}
