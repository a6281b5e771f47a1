package org.dmabuf.gem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.gem.GemRig.PAGE;
import static org.dmabuf.gem.GemRig.assertErrno;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufOps;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.Errno;
import org.dmabuf.ExportPolicy;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.resv.DmaResv;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the helper does for the dma-buf of an object, by what the driver can. */
final class GemDmaBufTest {
  private final GemRig rig = new GemRig();
  private final List<GemCore> devices = new ArrayList<>();

  @AfterEach
  void close() {
    devices.forEach(GemCore::close);
    rig.close();
  }

  @Test
  @Row("G1")
  void shouldPinUnderTheReservationAsLongAsADeviceIsAttached() {
    List<String> calls = new ArrayList<>();
    Movable[] made = new Movable[1];
    DmaBuf buffer =
        shared((size, account) -> made[0] = new Movable(rig.driver.allocate(size, account), calls));
    made[0].buffer = buffer;
    Attachment attachment = buffer.attach(DmaDevice.named("camera"));
    assertThat(calls).containsExactly("pin locked");
    attachment.detach();
    assertThat(calls).containsExactly("pin locked", "unpin locked");
    made[0].buffer = null;
    buffer.close();
  }

  @Test
  @Row({"G1", "G2", "G3", "D/6"})
  void shouldRefuseWhatTheDriverCannot() {
    DmaBuf buffer = shared((size, account) -> () -> {});
    assertErrno(Errno.ENOSYS, () -> buffer.attach(DmaDevice.named("camera")));
    assertErrno(Errno.ENOSYS, () -> buffer.mmap(0, PAGE, true));
    buffer.resv().lock();
    assertErrno(Errno.EOPNOTSUPP, buffer::vmap);
    buffer.resv().unlock();
    int importer = rig.open(started(GemRig.start(rig.otherDriver, "vkms", ExportPolicy.REVOKE)));
    int fd = rig.user.fd(buffer, rig.files, true);
    assertErrno(Errno.ENOSYS, () -> rig.take(importer, fd));
  }

  @Test
  @Row("G2")
  void shouldRefuseAMapForNoTransferAndGiveWritableMemoryToWritersOnly() {
    DmaBuf buffer = shared(pages());
    Attachment attachment = buffer.attach(DmaDevice.named("camera"));
    assertErrno(Errno.EINVAL, () -> attachment.mapUnlocked(DmaDirection.NONE));
    SgTable table = attachment.mapUnlocked(DmaDirection.TO_DEVICE);
    assertThat(attachment.access(table)).allMatch(MemorySegment::isReadOnly);
    attachment.unmapUnlocked(table);
    attachment.detach();
    buffer.close();
  }

  @Test
  @Row("G2")
  void shouldFreeTheTableThatADeviceCannotUse() {
    DmaBuf buffer = shared(pages());
    DmaDevice small = DmaDevice.builder("small").addressMask(0xfff).build();
    Attachment attachment = buffer.attach(small);
    assertErrno(Errno.EIO, () -> attachment.mapUnlocked(DmaDirection.TO_DEVICE));
    attachment.detach();
    buffer.close();
  }

  @Test
  @Row("G3")
  void shouldForwardMapsOfTheCpu() {
    DmaBuf buffer = shared(pages());
    try (var mapping = buffer.mmap(PAGE, PAGE, true)) {
      mapping.store(1, 77);
    }
    buffer.resv().lock();
    MemorySegment all = buffer.vmap();
    assertThat(all.get(ValueLayout.JAVA_BYTE, PAGE + 1)).isEqualTo((byte) 77);
    buffer.vunmap(all);
    buffer.resv().unlock();
    buffer.close();
  }

  @Test
  @Row("G4")
  void shouldKeepAMappingUntilDetachAndShareTheReservation() {
    GemCore device =
        started(GemCore.start(rig.driver, GemRig.info("vgem", ExportPolicy.REVOKE), pages()));
    int opened = rig.open(device);
    int handle = GemIoctl.createDumb(rig.files, opened, PAGE, 2, 8).handle();
    DmaBuf buffer = rig.user.get(rig.share(opened, handle));
    assertThat(buffer.exporterName()).isEqualTo("drm");
    Attachment attachment = buffer.attach(DmaDevice.named("camera"));
    SgTable first = attachment.mapUnlocked(DmaDirection.FROM_DEVICE);
    attachment.unmapUnlocked(first);
    assertErrno(Errno.EBUSY, () -> attachment.mapUnlocked(DmaDirection.BIDIRECTIONAL));
    assertThat(attachment.mapUnlocked(DmaDirection.FROM_DEVICE).size()).isEqualTo(2L * PAGE);
    attachment.detach();
    GemFenceIoctl.attach(rig.files, opened, handle, GemFenceIoctl.WRITE);
    assertThat(buffer.resv().entries()).hasSize(1);
    buffer.close();
  }

  @Test
  void shouldExportWithOpsOfTheDriversOwn() {
    List<String> calls = new ArrayList<>();
    DmaBuf buffer =
        shared((size, account) -> new OwnOps(rig.driver.allocate(size, account), calls));
    Attachment attachment = buffer.attach(DmaDevice.named("camera"));
    assertThat(calls).containsExactly("pin");
    attachment.detach();
    buffer.close();
    assertThat(calls).containsExactly("pin", "unpin", "release", "free");
  }

  private GemDriver pages() {
    return (size, account) -> new StoreObject(rig.driver.allocate(size, account));
  }

  /** Returns the buffer of an object of two pages that only the returned handle keeps. */
  private DmaBuf shared(GemDriver driver) {
    GemCore device =
        started(GemCore.start(rig.driver, GemRig.info("gem", ExportPolicy.REVOKE), driver));
    int opened = rig.open(device);
    int handle = GemIoctl.createDumb(rig.files, opened, PAGE, 2, 8).handle();
    int fd = rig.share(opened, handle);
    DmaBuf buffer = rig.user.get(fd);
    rig.closeAll(fd, opened);
    return buffer;
  }

  private GemCore started(GemCore device) {
    devices.add(device);
    return device;
  }

  /** Storage that would move unless it is pinned. */
  private static final class Movable
      implements GemObjectOps, GemObjectOps.SgMappable, GemObjectOps.Pinnable {
    private final BackingStore store;
    private final List<String> calls;
    private DmaBuf buffer;

    Movable(BackingStore store, List<String> calls) {
      this.store = store;
      this.calls = calls;
    }

    @Override
    public SgTable sgTable(boolean writable) {
      return store.table(writable);
    }

    @Override
    public void pin() {
      calls.add("pin" + held());
    }

    @Override
    public void unpin() {
      calls.add("unpin" + held());
    }

    @Override
    public void free() {
      store.close();
    }

    private String held() {
      return buffer.resv().isHeld() ? " locked" : " unlocked";
    }
  }

  /** An object whose dma-buf is dynamic. */
  private record OwnOps(BackingStore store, List<String> calls)
      implements GemObjectOps, GemObjectOps.Mmappable, GemObjectOps.Exporting {
    @Override
    public MemorySegment mmap(Arena arena, long offset, long length, boolean writable) {
      return store.map(arena, offset, length, writable);
    }

    @Override
    public DmaBufOps dmaBufOps(DmaBufOps helper, DmaResv resv) {
      return new Dynamic(this, helper);
    }

    @Override
    public void free() {
      calls.add("free");
      store.close();
    }
  }

  private record Dynamic(OwnOps object, DmaBufOps helper) implements DmaBufOps, DmaBufOps.Pinnable {
    @Override
    public SgTable map(Attachment attachment, DmaDirection direction) {
      return object.store().table(direction.writes());
    }

    @Override
    public void unmap(Attachment attachment, SgTable table, DmaDirection direction) {
      table.free();
    }

    @Override
    public void pin(Attachment attachment) {
      object.calls().add("pin");
    }

    @Override
    public void unpin(Attachment attachment) {
      object.calls().add("unpin");
    }

    @Override
    public void release() {
      object.calls().add("release");
      helper.release();
    }
  }
}
