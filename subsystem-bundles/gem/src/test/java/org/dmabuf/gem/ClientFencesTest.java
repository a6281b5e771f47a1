package org.dmabuf.gem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.gem.GemRig.assertErrno;

import java.lang.foreign.MemorySegment;
import org.dmabuf.DmaBufIoctl;
import org.dmabuf.Errno;
import org.dmabuf.ExportPolicy;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.PollEvents;
import org.dmabuf.sync.SyncFileInfo;
import org.dmabuf.sync.SyncIoctl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Fences that programs attach to objects. */
@Row("C/7")
final class ClientFencesTest {
  private static final long EXPIRY = ClientFences.EXPIRY.toNanos();
  private static final int WRITE = GemFenceIoctl.WRITE;
  private static final int IN_OUT = PollEvents.POLLIN | PollEvents.POLLOUT;

  private final GemRig rig = new GemRig();
  private final GemCore vgem = rig.start("vgem");
  private final FileTable files = rig.files;
  private final int device = rig.open(vgem);
  private final int object = rig.create(device);
  private final int fd = rig.share(device, object);

  @AfterEach
  void close() {
    vgem.close();
    rig.close();
  }

  @Test
  void shouldLookAtFlagsAndPadBeforeTheHandle() {
    assertErrno(Errno.EINVAL, () -> GemFenceIoctl.attach(files, device, 99, 2));
    assertErrno(Errno.EINVAL, () -> GemFenceIoctl.attach(files, device, 99, -1));
    MemorySegment padded = MemorySegment.ofArray(new int[] {object, 0, 0, 1});
    assertErrno(Errno.EINVAL, () -> files.ioctl(device, GemFenceIoctl.ATTACH, padded));
    assertErrno(Errno.ENOENT, () -> GemFenceIoctl.attach(files, device, 99, WRITE));
    MemorySegment flagged = MemorySegment.ofArray(new int[] {1, 1});
    assertErrno(Errno.EINVAL, () -> files.ioctl(device, GemFenceIoctl.SIGNAL, flagged));
    assertThat(attach(0)).as("no number was lost").isEqualTo(1);
  }

  @Test
  void shouldLetReadersShareAndWritersBeAlone() {
    int reader = attach(0);
    int second = attach(0);
    assertErrno(Errno.EBUSY, () -> attach(WRITE));
    signal(reader);
    assertErrno(Errno.EBUSY, () -> attach(WRITE));
    signal(second);
    int writer = attach(WRITE);
    assertThat(writer).isEqualTo(3);
    assertErrno(Errno.EBUSY, () -> attach(WRITE));
    assertErrno(Errno.EBUSY, () -> attach(0));
    signal(writer);
    assertThat(attach(0)).isEqualTo(4);
  }

  @Test
  void shouldMakeUsersOfTheBufferWait() {
    int writer = attach(WRITE);
    assertThat(files.poll(fd, IN_OUT)).isZero();
    signal(writer);
    assertThat(files.poll(fd, IN_OUT)).isEqualTo(IN_OUT);
    int reader = attach(0);
    assertThat(files.poll(fd, IN_OUT)).isEqualTo(PollEvents.POLLIN);
    signal(reader);
    assertThat(files.poll(fd, IN_OUT)).isEqualTo(IN_OUT);
  }

  @Test
  void shouldSignalOnceAndByTheFileThatAttached() {
    int fence = attach(WRITE);
    int other = rig.open(vgem);
    assertErrno(Errno.ENOENT, () -> GemFenceIoctl.signal(files, other, fence));
    signal(fence);
    assertErrno(Errno.ENOENT, () -> signal(fence));
    assertErrno(Errno.ENOENT, () -> signal(0));
    assertErrno(Errno.ENOENT, () -> signal(-1));
  }

  @Test
  void shouldExpireAfterTenSecondsWithoutError() {
    int fence = attach(WRITE);
    int snapshot = DmaBufIoctl.exportSyncFile(files, fd, (int) DmaBufIoctl.SYNC_READ);
    rig.clock.advance(EXPIRY - 1);
    assertThat(files.poll(fd, PollEvents.POLLIN)).isZero();
    rig.clock.advance(1);
    assertThat(files.poll(fd, PollEvents.POLLIN)).isEqualTo(PollEvents.POLLIN);
    SyncFileInfo info = SyncIoctl.fileInfo(files, snapshot);
    assertThat(info.status()).as("done, without error").isEqualTo(1);
    assertThat(info.fences().getFirst().driverName()).isEqualTo("vgem");
    assertErrno(Errno.ETIMEDOUT, () -> signal(fence));
    assertErrno(Errno.ENOENT, () -> signal(fence));
    assertThat(attach(WRITE)).isEqualTo(fence + 1);
  }

  @Test
  void shouldExpireNoFenceThatWasSignalledOrWhoseFileWasClosed() {
    signal(attach(WRITE));
    attach(0);
    files.close(device);
    assertThat(files.poll(fd, IN_OUT)).isEqualTo(IN_OUT);
    assertThat(rig.user.holdings().fences()).isZero();
    rig.clock.advance(EXPIRY);
  }

  @Test
  void shouldSignalWhenTheDriverLeaves() {
    attach(WRITE);
    int snapshot = DmaBufIoctl.exportSyncFile(files, fd, (int) DmaBufIoctl.SYNC_READ);
    vgem.close();
    assertThat(SyncIoctl.fileInfo(files, snapshot).status()).isEqualTo(1);
    assertErrno(Errno.ENODEV, () -> attach(0));
    assertErrno(Errno.ENODEV, () -> signal(1));
  }

  @Test
  void shouldWorkOnBuffersOfOtherDevices() {
    GemCore vkms = GemRig.start(rig.otherDriver, "vkms", ExportPolicy.REVOKE);
    int other = rig.open(vkms);
    int imported = rig.take(other, fd);
    int fence = GemFenceIoctl.attach(files, other, imported, WRITE);
    assertThat(files.poll(fd, IN_OUT)).isZero();
    assertErrno(Errno.EBUSY, () -> attach(0));
    GemFenceIoctl.signal(files, other, fence);
    assertThat(files.poll(fd, IN_OUT)).isEqualTo(IN_OUT);
    vkms.close();
  }

  private int attach(int flags) {
    return GemFenceIoctl.attach(files, device, object, flags);
  }

  private void signal(int fence) {
    GemFenceIoctl.signal(files, device, fence);
  }
}
