package org.dmabuf.gem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.gem.GemRig.PAGE;
import static org.dmabuf.gem.GemRig.assertErrno;

import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.dmabuf.Attachment;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.Errno;
import org.dmabuf.ExportPolicy;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A driver stops while its files, objects, mappings and dma-bufs are in use. */
final class DriverLeavesTest {
  private static final long BOUND_SECONDS = 60;

  private final GemRig rig = new GemRig();
  private final FileTable files = rig.files;

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void shouldAnswerEnodevAndFreeWhatNobodyElseHas() {
    GemCore vgem = rig.start("vgem");
    int device = rig.open(vgem);
    int handle = rig.create(device);
    vgem.close();
    vgem.close();
    assertThat(rig.user.holdings().bytes()).isZero();
    assertErrno(Errno.ENODEV, () -> rig.create(device));
    assertErrno(Errno.ENODEV, () -> GemIoctl.close(files, device, handle));
    assertErrno(Errno.ENODEV, () -> GemIoctl.handleToFd(files, device, handle, 0));
    assertErrno(Errno.ENODEV, () -> files.mmap(device, PAGE, 1L << 32, 1, 1));
    assertErrno(Errno.ENODEV, () -> vgem.open(files, OpenFlags.O_RDWR));
    files.close(device);
  }

  @Test
  void shouldKeepWhatIsMapped() {
    GemCore vgem = rig.start("vgem");
    int device = rig.open(vgem);
    int plain = rig.create(device);
    CpuMapping mapping = GemIoctl.mmapDumb(files, device, plain, PAGE);
    mapping.store(0, 5);
    leave(vgem);
    assertThat(mapping.load(0)).isEqualTo(5);
    mapping.close();
    assertThat(rig.user.holdings().bytes()).isZero();
  }

  @Test
  void shouldRevokeSharedObjectsAndKeepTheirMappings() {
    GemCore vgem = rig.start("vgem");
    int device = rig.open(vgem);
    int handle = rig.create(device);
    CpuMapping mapping = GemIoctl.mmapDumb(files, device, handle, PAGE);
    int fd = rig.share(device, handle);
    leave(vgem);
    mapping.store(0, 6);
    assertThat(mapping.load(0)).isEqualTo(6);
    DmaBuf buffer = rig.user.get(fd);
    assertErrno(Errno.ENODEV, () -> buffer.attach(DmaDevice.named("late")));
    buffer.close();
    mapping.close();
    files.close(fd);
    assertThat(rig.user.holdings().bytes()).isZero();
  }

  @Test
  void shouldLetTheFrameworkAdoptSharedObjects() {
    GemCore vgem = GemRig.start(rig.driver, "vgem", ExportPolicy.ADOPT);
    int device = rig.open(vgem);
    int handle = rig.create(device);
    try (CpuMapping mapping = GemIoctl.mmapDumb(files, device, handle, PAGE)) {
      mapping.store(0, 6);
      int fd = rig.share(device, handle);
      leave(vgem);
      DmaBuf buffer = rig.user.get(fd);
      try (Attachment late = buffer.attach(DmaDevice.named("late"))) {
        SgTable table = late.mapUnlocked(DmaDirection.TO_DEVICE);
        late.unmapUnlocked(table);
      }
      try (CpuMapping other = buffer.mmap(0, PAGE, false)) {
        assertThat(other.load(0)).isEqualTo(6);
      }
      GemCore next = GemRig.start(rig.otherDriver, "vgem", ExportPolicy.ADOPT);
      int again = rig.open(next);
      assertThat(rig.take(again, fd)).as("a buffer like any other").isEqualTo(1);
      next.close();
      buffer.close();
      files.close(fd);
    }
    assertThat(rig.user.holdings().bytes()).isZero();
  }

  @Test
  void shouldFreeSharedObjectsThatAreGivenBackBeforeTheBundleHasStopped() {
    GemCore vgem = rig.start("vgem");
    int device = rig.open(vgem);
    int handle = rig.create(device);
    CpuMapping mapping = GemIoctl.mmapDumb(files, device, handle, PAGE);
    int fd = rig.share(device, handle);
    vgem.close();
    assertThat(rig.user.holdings().bytes()).isPositive();
    files.close(fd);
    assertThat(rig.user.buffers()).isEmpty();
    mapping.close();
    assertThat(rig.user.holdings().bytes()).isZero();
  }

  @Test
  void shouldGiveImportsBack() {
    GemCore vgem = rig.start("vgem");
    GemCore vkms = rig.startOther("vkms");
    int exporter = rig.open(vgem);
    int importer = rig.open(vkms);
    int fd = rig.share(exporter, rig.create(exporter));
    rig.take(importer, fd);
    vkms.close();
    assertThat(rig.user.holdings().attachments()).isZero();
    leave(vgem);
  }

  @Test
  void shouldGiveImportsBackAlsoWhenTheBundleIsGoneBeforeItsDevice() {
    GemCore vgem = rig.start("vgem");
    GemCore vkms = rig.startOther("vkms");
    int exporter = rig.open(vgem);
    int importer = rig.open(vkms);
    int fd = rig.share(exporter, rig.create(exporter));
    rig.take(importer, fd);
    rig.core.close(rig.otherDriver);
    assertThat(rig.user.holdings().attachments()).isZero();
    assertErrno(Errno.ENODEV, () -> rig.create(importer));
    files.close(importer);
    vkms.close();
    rig.core.close(rig.driver);
    assertErrno(Errno.ENODEV, () -> rig.create(exporter));
    files.close(exporter);
    vgem.close();
  }

  @Test
  void shouldWaitForOpenFilesUnderWaitAndNoLongerThanItsBound() throws Exception {
    GemCore vgem = GemRig.start(rig.driver, "vgem", ExportPolicy.WAIT);
    int device = rig.open(vgem);
    FutureTask<Object> stop = closing(vgem);
    rig.clock.awaitScheduled(1);
    assertThat(rig.create(device)).as("it works on meanwhile").isEqualTo(1);
    rig.clock.advance(GemRig.WAIT.toNanos() - 1);
    assertThat(stop.isDone()).isFalse();
    rig.clock.advance(1);
    stop.get(BOUND_SECONDS, TimeUnit.SECONDS);
    assertErrno(Errno.ENODEV, () -> rig.create(device));
  }

  @Test
  void shouldStopUnderWaitAsSoonAsTheLastFileIsClosed() throws Exception {
    GemCore vgem = GemRig.start(rig.driver, "vgem", ExportPolicy.WAIT);
    int device = rig.open(vgem);
    int second = files.dup(device);
    FutureTask<Object> stop = closing(vgem);
    rig.clock.awaitScheduled(1);
    files.close(device);
    assertThat(stop.isDone()).isFalse();
    files.close(second);
    stop.get(BOUND_SECONDS, TimeUnit.SECONDS);
  }

  /** As when the driver's bundle stops: first its component, then what the framework has of it. */
  private void leave(GemCore device) {
    device.close();
    rig.core.close(rig.driver);
  }

  private static FutureTask<Object> closing(GemCore device) {
    FutureTask<Object> stop = new FutureTask<>(device::close, null);
    Thread.ofPlatform().daemon().name("test").start(stop);
    return stop;
  }
}
