package org.dmabuf.gem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.gem.GemRig.PAGE;
import static org.dmabuf.gem.GemRig.assertErrno;

import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import org.dmabuf.CpuMapping;
import org.dmabuf.Errno;
import org.dmabuf.ExportPolicy;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.Ioctl;
import org.dmabuf.file.IoctlStruct;
import org.dmabuf.file.MmapFlags;
import org.dmabuf.file.PollEvents;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Objects that programs make by width and height, and map. */
final class DumbBuffersTest {
  private static final int RW = MmapFlags.PROT_READ | MmapFlags.PROT_WRITE;

  private final GemRig rig = new GemRig();
  private final GemCore vgem = rig.start("vgem");
  private final GemCore vkms = rig.startOther("vkms");
  private final FileTable files = rig.files;
  private final int device = rig.open(vgem);

  @AfterEach
  void close() {
    vgem.close();
    vkms.close();
    rig.close();
  }

  @Test
  @Row({"L/2", "D/5"})
  void shouldComputePitchByBitsAndSizeInPages() {
    assertThat(create(64, 64, 32)).isEqualTo(new DumbBuffer(1, 256, 16384));
    assertThat(create(1, 1, 1)).isEqualTo(new DumbBuffer(2, 1, PAGE));
    assertThat(create(7, 3, 24)).isEqualTo(new DumbBuffer(3, 21, PAGE));
    assertThat(create(64, 64, 33)).isEqualTo(new DumbBuffer(4, 264, 20480));
    assertThat(create(9, 1, 1)).isEqualTo(new DumbBuffer(5, 2, PAGE));
  }

  @Test
  @Row({"L/2", "D/5"})
  void shouldRefuseZerosAndWhatDoesNotFitInto32Bits() {
    int[][] bad = {
      {0, 64, 32},
      {64, 0, 32},
      {64, 64, 0},
      {-1, -1, 32},
      {65536, 65536, 32},
      {64, 64, -1},
      {65536, 65535, 8 + 1},
      {65536, 65536, 8},
      {-1, 1, 8}
    };
    for (int[] size : bad) {
      assertErrno(Errno.EINVAL, () -> create(size[0], size[1], size[2]));
    }
    assertThat(DumbSize.of(65536, 65535, 1, PAGE).size())
        .isEqualTo(8192L * 65535 / PAGE * PAGE + 0);
    assertThat(create(1, 1, 8).handle()).as("no number was lost").isEqualTo(1);
  }

  @Test
  @Row("D/5")
  void shouldIgnoreFlagsAndWhatTheOutFieldsHeld() {
    MemorySegment memory = MemorySegment.ofArray(new byte[Ioctl.bytes(GemIoctl.CREATE_DUMB)]);
    memory.fill((byte) 0xff);
    IoctlStruct struct = IoctlStruct.of(GemIoctl.CREATE_DUMB, memory);
    struct.setInt(0, 2);
    struct.setInt(4, 3);
    struct.setInt(8, 32);
    files.ioctl(device, GemIoctl.CREATE_DUMB, memory);
    assertThat(struct.getInt(16)).isEqualTo(1);
    assertThat(struct.getInt(20)).isEqualTo(12);
    assertThat(struct.getLong(24)).isEqualTo(PAGE);
  }

  @Test
  void shouldChargeTheProgramAndGiveZeros() {
    int handle = create(PAGE, 4, 8).handle();
    assertThat(files.account().used()).isEqualTo(4L * PAGE);
    try (CpuMapping mapping = GemIoctl.mmapDumb(files, device, handle, 4 * PAGE)) {
      assertThat(mapping.load(4 * PAGE - 1)).isZero();
    }
    GemIoctl.destroyDumb(files, device, handle);
    assertThat(files.account().used()).isZero();
    assertErrno(Errno.EINVAL, () -> GemIoctl.destroyDumb(files, device, handle));
  }

  @Test
  @Row("D/4")
  void shouldMapAnObjectAtItsOffsetOnly() {
    int handle = create(PAGE, 4, 8).handle();
    long offset = GemIoctl.mapDumb(files, device, handle);
    assertThat(GemIoctl.mapDumb(files, device, handle)).isEqualTo(offset);
    assertErrno(Errno.ENOENT, () -> GemIoctl.mapDumb(files, device, 9));
    assertErrno(Errno.EINVAL, () -> map(device, 5 * PAGE, offset, RW, MmapFlags.MAP_SHARED));
    assertErrno(Errno.EINVAL, () -> map(device, PAGE, offset + PAGE, RW, MmapFlags.MAP_SHARED));
    assertErrno(Errno.EINVAL, () -> map(device, PAGE, 0, RW, MmapFlags.MAP_SHARED));
    assertErrno(Errno.EINVAL, () -> map(device, PAGE, offset, RW, MmapFlags.MAP_PRIVATE));
    int other = rig.open(vgem);
    assertErrno(Errno.EACCES, () -> map(other, PAGE, offset, RW, MmapFlags.MAP_SHARED));
    assertErrno(Errno.EACCES, () -> map(other, PAGE, offset, RW, MmapFlags.MAP_PRIVATE));
    try (CpuMapping mapping = map(device, 1, offset, MmapFlags.PROT_READ, MmapFlags.MAP_SHARED)) {
      assertThat(mapping.length()).isEqualTo(PAGE);
      assertThat(mapping.segment().isReadOnly()).isTrue();
    }
  }

  @Test
  @Row("D/4")
  void shouldMapNoObjectOfAnotherDevice() {
    int other = rig.open(vkms);
    int handle = rig.take(other, rig.share(device, create(64, 64, 32).handle()));
    assertErrno(Errno.EINVAL, () -> GemIoctl.mapDumb(files, other, handle));
  }

  @Test
  void shouldKeepAnObjectWhileItIsMapped() {
    int handle = create(64, 64, 32).handle();
    CpuMapping mapping = GemIoctl.mmapDumb(files, device, handle, PAGE);
    GemIoctl.close(files, device, handle);
    mapping.store(3, 4);
    assertThat(mapping.load(3)).isEqualTo(4);
    assertThat(rig.user.holdings().bytes()).isPositive();
    mapping.close();
    assertThat(rig.user.holdings().bytes()).isZero();
  }

  @Test
  void shouldKeepTheFileOpenWhileAnObjectIsMappedByIt() {
    int handle = create(64, 64, 32).handle();
    int fd = rig.share(device, handle);
    GemFenceIoctl.attach(files, device, handle, GemFenceIoctl.WRITE);
    CpuMapping mapping = GemIoctl.mmapDumb(files, device, handle, PAGE);
    files.close(device);
    assertThat(files.poll(fd, PollEvents.POLLIN)).as("its fence is pending").isZero();
    mapping.close();
    assertThat(files.poll(fd, PollEvents.POLLIN)).isEqualTo(PollEvents.POLLIN);
  }

  @Test
  void shouldGiveOffsetsAgainThatWereFreed() {
    GemObject[] objects = new GemObject[3];
    FakeOffsets offsets = new FakeOffsets(3L * PAGE);
    for (int i = 0; i < 3; i++) {
      objects[i] = vgem.create(PAGE, files.account());
    }
    long first = offsets.of(objects[0]);
    assertThat(offsets.of(objects[1])).isEqualTo(first + PAGE);
    GemObject large = vgem.create(2 * PAGE, files.account());
    assertErrno(Errno.ENOSPC, () -> offsets.of(large));
    assertThat(offsets.of(objects[2])).isEqualTo(first + 2 * PAGE);
    offsets.remove(objects[0]);
    offsets.remove(objects[1]);
    offsets.remove(objects[1]);
    assertThat(offsets.of(large)).isEqualTo(first);
    assertThat(offsets.find(first, 2 * PAGE)).contains(large);
    assertThat(offsets.find(first, 2 * PAGE + 1)).isEmpty();
    assertThat(offsets.find(first + PAGE, 1)).isEmpty();
    for (GemObject object : objects) {
      object.put();
    }
    large.put();
  }

  @Test
  void shouldAnswerAsADeviceWithoutDumbBuffersDoes() {
    GemDeviceInfo info =
        GemDeviceInfo.of("render", ExportPolicy.REVOKE, EnumSet.noneOf(GemFeature.class));
    try (GemCore render = GemCore.start(rig.driver, info, new GemRig.Pages(rig.driver))) {
      int opened = rig.open(render);
      assertErrno(Errno.EINVAL, () -> GemIoctl.createDumb(files, opened, 64, 64, 32));
      assertErrno(Errno.EINVAL, () -> GemFenceIoctl.attach(files, opened, 1, 0));
      assertErrno(Errno.EINVAL, () -> GemFenceIoctl.signal(files, opened, 1));
      int handle = rig.take(opened, rig.share(device, create(64, 64, 32).handle()));
      assertThat(handle).isEqualTo(1);
    }
  }

  @Test
  @Row({"L/18", "L/13"})
  void shouldHaveNoSyncObjectsAndNoOtherRequests() {
    MemorySegment memory = MemorySegment.ofArray(new byte[64]);
    assertErrno(Errno.EOPNOTSUPP, () -> files.ioctl(device, Ioctl.readWrite('d', 0xbf, 8), memory));
    assertErrno(Errno.EOPNOTSUPP, () -> files.ioctl(device, Ioctl.readWrite('d', 0xcf, 8), memory));
    // Those of mode setting, on a device without a screen.
    assertErrno(Errno.EOPNOTSUPP, () -> files.ioctl(device, Ioctl.readWrite('d', 0xbe, 8), memory));
    assertErrno(Errno.EOPNOTSUPP, () -> files.ioctl(device, Ioctl.readWrite('d', 0xd0, 8), memory));
    assertErrno(Errno.EINVAL, () -> files.ioctl(device, Ioctl.readWrite('d', 0xd1, 8), memory));
    assertErrno(Errno.ENOTTY, () -> files.ioctl(device, Ioctl.readWrite('b', 0x00, 8), memory));
    assertThat(files.poll(device, PollEvents.POLLIN | PollEvents.POLLOUT)).isZero();
  }

  @Test
  void shouldLeaveNothingForWhoCannotBeToldTheNumber() {
    MemorySegment readOnly =
        MemorySegment.ofArray(new int[] {64, 64, 32, 0, 0, 0, 0, 0}).asReadOnly();
    assertErrno(Errno.EFAULT, () -> files.ioctl(device, GemIoctl.CREATE_DUMB, readOnly));
    assertThat(rig.user.holdings().bytes()).isZero();
    int handle = create(64, 64, 32).handle();
    MemorySegment share = MemorySegment.ofArray(new int[] {handle, 0, 0}).asReadOnly();
    int before = files.size();
    assertErrno(Errno.EFAULT, () -> files.ioctl(device, GemIoctl.HANDLE_TO_FD, share));
    assertThat(files.size()).isEqualTo(before);
    assertThat(rig.user.buffers()).isEmpty();
  }

  private DumbBuffer create(int width, int height, int bpp) {
    return GemIoctl.createDumb(files, device, width, height, bpp);
  }

  private CpuMapping map(int fd, long length, long offset, int protection, int flags) {
    return files.mmap(fd, length, offset, protection, flags);
  }
}
