package org.dmabuf.exporter.gem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.exporter.gem.VgemRig.PAGE;
import static org.dmabuf.exporter.gem.VgemRig.assertErrno;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.dmabuf.BufferInfo;
import org.dmabuf.BufferStatistics;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBufIoctl;
import org.dmabuf.Errno;
import org.dmabuf.ExportPolicy;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.Ioctl;
import org.dmabuf.file.IoctlStruct;
import org.dmabuf.file.PollEvents;
import org.dmabuf.gem.DumbBuffer;
import org.dmabuf.gem.GemFenceIoctl;
import org.dmabuf.gem.GemIoctl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** IGT's vgem_basic by the names of its cases. */
final class VgemBasicTest {
  private static final int WRITE = GemFenceIoctl.WRITE;
  private static final int BOTH = PollEvents.POLLIN | PollEvents.POLLOUT;

  private final VgemRig rig = new VgemRig(ExportPolicy.WAIT);
  private final FileTable files = rig.files;
  private final int device = rig.open(rig.vgem);

  @AfterEach
  void close() {
    rig.close();
  }

  /** In Linux each of these makes the unload fail; here the stop waits for it until its bound. */
  @Test
  @Row("C4")
  void unload() throws Exception {
    stopWaitsFor(VgemBasicTest::openFile);
    stopWaitsFor(VgemBasicTest::liveBuffer);
    stopWaitsFor(VgemBasicTest::liveMapping);
    stopWaitsFor(VgemBasicTest::liveMappingOfTheDevice);
    VgemRig idle = new VgemRig(ExportPolicy.WAIT);
    idle.stopDriver();
    idle.close();
  }

  /** Something that is held, and how it is given back. */
  private interface Use {
    Runnable begin(VgemRig fresh);
  }

  private static Runnable openFile(VgemRig fresh) {
    int open = fresh.open(fresh.vgem);
    return () -> fresh.files.close(open);
  }

  private static Runnable liveBuffer(VgemRig fresh) {
    int open = fresh.open(fresh.vgem);
    int fd = fresh.share(open, fresh.create(open, 1));
    fresh.files.close(open);
    return () -> fresh.files.close(fd);
  }

  private static Runnable liveMapping(VgemRig fresh) {
    int open = fresh.open(fresh.vgem);
    int fd = fresh.share(open, fresh.create(open, 1));
    CpuMapping mapping = fresh.map(fd, PAGE);
    fresh.files.close(open);
    fresh.files.close(fd);
    return mapping::close;
  }

  private static Runnable liveMappingOfTheDevice(VgemRig fresh) {
    int open = fresh.open(fresh.vgem);
    CpuMapping mapping = GemIoctl.mmapDumb(fresh.files, open, fresh.create(open, 1), PAGE);
    fresh.files.close(open);
    return mapping::close;
  }

  private static void stopWaitsFor(Use use) throws Exception {
    try (VgemRig fresh = new VgemRig(ExportPolicy.WAIT)) {
      Runnable end = use.begin(fresh);
      VgemRig.Running stop =
          VgemRig.start(
              () -> {
                fresh.stopDriver();
                return null;
              });
      fresh.clock.awaitScheduled(1);
      fresh.clock.advance(VgemRig.WAIT.toNanos() - 1);
      assertThat(stop.task().isDone()).as("the stop").isFalse();
      end.run();
      stop.join();
    }
  }

  @Test
  void setversion() {
    MemorySegment memory = MemorySegment.ofArray(new int[] {1, 4, -1, -1});
    files.ioctl(device, GemIoctl.SET_VERSION, memory);
    assertThat(ints(memory)).containsExactly(1, 4, 1, 0);
    for (int[] bad : new int[][] {{2, 0, -1, -1}, {1, 5, -1, -1}, {1, -1, -1, -1}, {-1, 0, 1, 9}}) {
      MemorySegment wrong = MemorySegment.ofArray(bad);
      assertErrno(Errno.EINVAL, () -> files.ioctl(device, GemIoctl.SET_VERSION, wrong));
      assertThat(ints(wrong)).as("told all the same").containsExactly(1, 4, 1, 0);
    }
    MemorySegment version = MemorySegment.ofArray(new byte[80]);
    IoctlStruct struct = IoctlStruct.of(GemIoctl.VERSION, version);
    struct.setLong(16, 3);
    struct.setLong(24, version.address() + 64);
    files.ioctl(device, GemIoctl.VERSION, version);
    assertThat(struct.getInt(0)).isEqualTo(1);
    assertThat(struct.getLong(16)).as("the whole length").isEqualTo(4);
    assertThat(IoctlStruct.text(version.asSlice(64), 16)).contains("vge");
  }

  private static int[] ints(MemorySegment memory) {
    return memory.toArray(ValueLayout.JAVA_INT);
  }

  @Test
  void second_client() {
    int second = rig.open(rig.vgem);
    files.close(second);
    assertThat(rig.create(device, 1)).isEqualTo(1);
  }

  @Test
  @Row({"L/2", "D/5"})
  void create() {
    DumbBuffer made = GemIoctl.createDumb(files, device, 1024, 24, 32);
    assertThat(made).isEqualTo(new DumbBuffer(1, 4096, 24L * 4096));
    int[][] sizes = {{1, 1, 1}, {1, 1, 8}, {1023, 511, 16}, {4096, 4096, 8}};
    for (int[] size : sizes) {
      DumbBuffer odd = GemIoctl.createDumb(files, device, size[0], size[1], size[2]);
      assertThat(odd.size()).isGreaterThanOrEqualTo((long) odd.pitch() * size[1]);
      GemIoctl.close(files, device, odd.handle());
    }
  }

  @Test
  @Row("D/4")
  void mmap() {
    DumbBuffer made = GemIoctl.createDumb(files, device, 1024, 1024, 32);
    try (CpuMapping mapping = GemIoctl.mmapDumb(files, device, made.handle(), made.size())) {
      GemIoctl.close(files, device, made.handle());
      for (long page = 0; page < made.size(); page += PAGE) {
        assertThat(mapping.load(page)).isZero();
        mapping.store(page, (int) (page / PAGE));
      }
      assertThat(mapping.load(5L * PAGE)).isEqualTo(5);
    }
  }

  @Test
  @Row("C/7")
  void bad_flag() {
    int handle = rig.create(device, 1);
    assertErrno(Errno.EINVAL, () -> attach(handle, -1, 0));
    assertErrno(Errno.EINVAL, () -> attach(handle, 2, 0));
  }

  @Test
  @Row("C/7")
  void bad_pad() {
    int handle = rig.create(device, 1);
    assertErrno(Errno.EINVAL, () -> attach(handle, 0, 1));
  }

  @Test
  @Row("C/7")
  void bad_handle() {
    assertErrno(Errno.ENOENT, () -> attach(0, 0, 0));
    assertErrno(Errno.ENOENT, () -> attach(999, 0, 0));
  }

  @Test
  @Row("C/7")
  void bad_fence() {
    for (int bad : new int[] {0, 1, 999, -1}) {
      assertErrno(Errno.ENOENT, () -> GemFenceIoctl.signal(files, device, bad));
    }
  }

  @Test
  @Row("C/7")
  void busy_fence() {
    int handle = rig.create(device, 1);
    int fence = GemFenceIoctl.attach(files, device, handle, WRITE);
    assertErrno(Errno.EBUSY, () -> GemFenceIoctl.attach(files, device, handle, 0));
    assertErrno(Errno.EBUSY, () -> GemFenceIoctl.attach(files, device, handle, WRITE));
    GemFenceIoctl.signal(files, device, fence);
    GemFenceIoctl.attach(files, device, handle, 0);
    GemFenceIoctl.attach(files, device, handle, 0);
    assertErrno(Errno.EBUSY, () -> GemFenceIoctl.attach(files, device, handle, WRITE));
  }

  @Test
  @Row("M2")
  void dmabuf_export() {
    int fd = rig.share(device, rig.create(device, 1));
    int second = rig.open(rig.vgem);
    int handle = rig.take(second, fd);
    files.close(fd);
    assertThat(files.fdinfo(rig.share(second, handle))).contains("exp_name:\tdrm\n");
  }

  @Test
  @Row("G3")
  void dmabuf_mmap() {
    int handle = rig.create(device, 4);
    int fd = rig.share(device, handle);
    try (CpuMapping shared = rig.map(fd, 4L * PAGE);
        CpuMapping own = GemIoctl.mmapDumb(files, device, handle, 4L * PAGE)) {
      GemIoctl.close(files, device, handle);
      files.close(fd);
      shared.store(3L * PAGE, 9);
      assertThat(own.load(3L * PAGE)).isEqualTo(9);
    }
  }

  @Test
  @Row({"C/7", "L2", "L3"})
  void dmabuf_fence() {
    int handle = rig.create(device, 1);
    int fd = rig.share(device, handle);
    assertThat(files.poll(fd, BOTH)).isEqualTo(BOTH);
    int write = GemFenceIoctl.attach(files, device, handle, WRITE);
    assertThat(files.poll(fd, BOTH)).isZero();
    GemFenceIoctl.signal(files, device, write);
    assertThat(files.poll(fd, BOTH)).isEqualTo(BOTH);
    int read = GemFenceIoctl.attach(files, device, handle, 0);
    assertThat(files.poll(fd, BOTH)).isEqualTo(PollEvents.POLLIN);
    GemFenceIoctl.signal(files, device, read);
    assertThat(files.poll(fd, BOTH)).isEqualTo(BOTH);
  }

  @Test
  @Row("G4")
  void dmabuf_fence_before() {
    int handle = rig.create(device, 1);
    int write = GemFenceIoctl.attach(files, device, handle, WRITE);
    int fd = rig.share(device, handle);
    assertThat(files.poll(fd, BOTH)).as("attached before it was shared").isZero();
    GemFenceIoctl.signal(files, device, write);
    assertThat(files.poll(fd, BOTH)).isEqualTo(BOTH);
  }

  @Test
  @Row("N16")
  void sysfs() {
    rig.share(device, rig.create(device, 3));
    assertThat(rig.program.statistics())
        .singleElement()
        .extracting(BufferStatistics::size, BufferStatistics::exporterName)
        .containsExactly(3L * PAGE, "drm");
  }

  @Test
  @Row("D2")
  void debugfs() {
    int handle = rig.create(device, 3);
    int fd = rig.share(device, handle);
    rig.take(rig.open(rig.other), fd);
    DmaBufIoctl.setName(files, fd, "scanout");
    GemFenceIoctl.attach(files, device, handle, WRITE);
    BufferInfo info = rig.program.buffers().getFirst();
    assertThat(info.attachments()).hasSize(1);
    assertThat(info.attachments().getFirst()).contains("other");
    assertThat(info.name()).contains("scanout");
    assertThat(info.fences()).hasSize(1);
  }

  private void attach(int handle, int flags, int pad) {
    MemorySegment memory = MemorySegment.ofArray(new int[] {handle, flags, 0, pad});
    assertThat(Ioctl.bytes(GemFenceIoctl.ATTACH)).isEqualTo((int) memory.byteSize());
    files.ioctl(device, GemFenceIoctl.ATTACH, memory);
  }
}
