package org.dmabuf.gem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.gem.GemRig.assertErrno;

import java.util.List;
import org.dmabuf.Attachment;
import org.dmabuf.BufferInfo;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufOps;
import org.dmabuf.DmaDirection;
import org.dmabuf.Errno;
import org.dmabuf.ExportPolicy;
import org.dmabuf.StoreOps;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.MmapFlags;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How objects become dma-bufs and dma-bufs objects. */
final class PrimeTest {
  private final GemRig rig = new GemRig();
  private final GemCore vgem = rig.start("vgem");
  private final GemRig.Pages vkmsDriver = new GemRig.Pages(rig.otherDriver);
  private final GemCore vkms =
      GemCore.start(rig.otherDriver, GemRig.info("vkms", ExportPolicy.REVOKE), vkmsDriver);
  private final FileTable files = rig.files;
  private final int exporter = rig.open(vgem);
  private final int importer = rig.open(vkms);

  @AfterEach
  void close() {
    vgem.close();
    vkms.close();
    rig.close();
  }

  @Test
  @Row({"M1", "M2", "D/2"})
  void shouldGiveABufferOneHandleInEachFileHoweverOftenItIsImported() {
    int fd = rig.share(exporter, rig.create(exporter));
    int handle = rig.take(importer, fd);
    assertThat(rig.take(importer, fd)).isEqualTo(handle);
    assertThat(rig.take(importer, files.dup(fd))).isEqualTo(handle);
    assertThat(vkmsDriver.imports).as("attached once").hasValue(1);
    GemIoctl.close(files, importer, handle);
    assertThat(vkmsDriver.imports).as("given back at once").hasValue(0);
    assertErrno(Errno.EINVAL, () -> GemIoctl.close(files, importer, handle));
    assertThat(rig.take(importer, fd)).as("the lowest free number").isEqualTo(handle);
  }

  @Test
  @Row({"M2", "M9", "D/3"})
  void shouldShareAnImportAsTheOriginalBuffer() {
    int object = rig.create(exporter);
    int fd = rig.share(exporter, object);
    int again = rig.share(importer, rig.take(importer, fd));
    assertThat(files.isSame(fd, again)).isTrue();
    assertThat(rig.take(exporter, again)).as("imported back").isEqualTo(object);
    rig.closeAll(exporter, fd);
    assertThat(files.fdinfo(again)).contains("exp_name:\tdrm\n");
    rig.closeAll(again, importer);
    assertThat(rig.user.buffers()).isEmpty();
  }

  @Test
  @Row({"M3", "D/1"})
  void shouldLookAtFlagsBeforeTheHandle() {
    int handle = rig.create(exporter);
    for (int bad : new int[] {1, 3, 2048, 1024, -1}) {
      assertErrno(Errno.EINVAL, () -> GemIoctl.handleToFd(files, exporter, handle, bad));
      assertErrno(Errno.EINVAL, () -> GemIoctl.handleToFd(files, exporter, 9999, bad));
    }
    assertErrno(Errno.ENOENT, () -> GemIoctl.handleToFd(files, exporter, 9999, 0));
    assertErrno(Errno.ENOENT, () -> GemIoctl.handleToFd(files, exporter, 0, 0));
  }

  @Test
  @Row({"M3", "D/1"})
  void shouldKeepTheFirstFileForAllLaterDescriptors() {
    int handle = rig.create(exporter);
    int first = GemIoctl.handleToFd(files, exporter, handle, 0);
    long inode = files.stat(first).inode();
    files.close(first);
    assertThat(rig.user.buffers()).as("cached while the handle is open").hasSize(1);
    int second = rig.share(exporter, handle);
    assertThat(files.stat(second).inode()).isEqualTo(inode);
    assertThat(files.isCloseOnExec(second)).isTrue();
    int writes = MmapFlags.PROT_READ | MmapFlags.PROT_WRITE;
    assertErrno(
        Errno.EACCES, () -> files.mmap(second, GemRig.PAGE, 0, writes, MmapFlags.MAP_SHARED));
    files.close(second);
    GemIoctl.close(files, exporter, handle);
    assertThat(rig.user.buffers()).isEmpty();
  }

  /** As when another thread closes the last handle between the look-up and the export. */
  @Test
  @Row("M3")
  void shouldNotShareAnObjectThatHasNoHandleAnyMore() {
    GemObject object = vgem.create(GemRig.PAGE, files.account());
    assertErrno(Errno.ENOENT, () -> object.export(0));
    object.put();
    assertThat(rig.user.holdings().bytes()).isZero();
  }

  @Test
  @Row("M3")
  void shouldKeepTheLookUpWhenThereIsNoDescriptorLeft() {
    rig.core.setFileLimit(1);
    FileTable small = rig.user.openTable("small");
    int device = vgem.open(small, 0);
    int handle = GemIoctl.createDumb(small, device, 64, 64, 32).handle();
    assertErrno(Errno.EMFILE, () -> GemIoctl.handleToFd(small, device, handle, GemRig.SHARE));
    List<BufferInfo> shared = rig.user.buffers();
    assertThat(shared).as("shared all the same").hasSize(1);
    assertErrno(Errno.EMFILE, () -> GemIoctl.handleToFd(small, device, handle, GemRig.SHARE));
    assertThat(rig.user.buffers())
        .extracting(BufferInfo::inode)
        .containsExactly(shared.getFirst().inode());
    small.close();
    assertThat(rig.user.buffers()).isEmpty();
  }

  @Test
  @Row({"M4", "D/2"})
  void shouldRefuseWhatIsNoBuffer() {
    int memfd = rig.user.memfd(files, "m", GemRig.PAGE, 0, true);
    assertErrno(Errno.EBADF, () -> rig.take(importer, -1));
    assertErrno(Errno.EBADF, () -> rig.take(importer, 999));
    assertErrno(Errno.EINVAL, () -> rig.take(importer, memfd));
    assertErrno(Errno.EINVAL, () -> rig.take(importer, exporter));
    assertErrno(Errno.EBADF, () -> GemIoctl.fdToHandle(files, 999, memfd));
    assertErrno(Errno.ENOTTY, () -> GemIoctl.fdToHandle(files, memfd, memfd));
  }

  @Test
  @Row({"M5", "L/15"})
  void shouldImportABufferOfItsOwnDeviceAsTheObjectItself() {
    int object = rig.create(exporter);
    int fd = rig.share(exporter, object);
    int second = rig.open(vgem);
    int same = rig.take(second, fd);
    assertThat(rig.user.holdings().attachments()).as("nothing attached").isZero();
    try (var one = GemIoctl.mmapDumb(files, exporter, object, 1);
        var other = GemIoctl.mmapDumb(files, second, same, 1)) {
      one.store(5, 9);
      assertThat(other.load(5)).isEqualTo(9);
    }
    rig.closeAll(fd, exporter);
    assertThat(rig.user.buffers()).as("the second file has a handle").hasSize(1);
    assertThat(files.fdinfo(rig.share(second, same))).contains("exp_name:\tdrm\n");
  }

  @Test
  @Row({"M5", "M6"})
  void shouldAttachAndMapInBothDirectionsAndGiveBackInTheOppositeOrder() {
    RecordingOps ops = new RecordingOps(rig.user.allocate(GemRig.PAGE, files.account()));
    int fd = rig.user.fd(rig.user.export(GemRig.PAGE, ops, ExportPolicy.REVOKE), files, true);
    int handle = rig.take(importer, fd);
    assertThat(ops.calls).containsExactly("attach vkms", "map BIDIRECTIONAL");
    files.close(fd);
    GemIoctl.close(files, importer, handle);
    assertThat(ops.calls)
        .containsExactly(
            "attach vkms", "map BIDIRECTIONAL", "unmap BIDIRECTIONAL", "detach vkms", "release");
  }

  @Test
  @Row("M5")
  void shouldLeaveNothingWhenTheExporterRefusesTheMap() {
    RecordingOps ops = new RecordingOps(rig.user.allocate(GemRig.PAGE, files.account()));
    ops.refuses = true;
    int fd = rig.user.fd(rig.user.export(GemRig.PAGE, ops, ExportPolicy.REVOKE), files, true);
    assertErrno(Errno.EBUSY, () -> rig.take(importer, fd));
    assertThat(ops.calls).containsExactly("attach vkms", "map BIDIRECTIONAL", "detach vkms");
    files.close(fd);
    assertThat(ops.calls).last().isEqualTo("release");
    assertThat(rig.create(importer)).as("no number was lost").isEqualTo(1);
  }

  @Test
  @Row("M5")
  void shouldRefuseBuffersOfOthersForADriverThatUsesNone() {
    GemDriver own = (size, account) -> new StoreObject(rig.driver.allocate(size, account));
    try (GemCore narrow =
        GemCore.start(rig.driver, GemRig.info("narrow", ExportPolicy.REVOKE), own)) {
      int device = rig.open(narrow);
      int fd = rig.share(exporter, rig.create(exporter));
      assertErrno(Errno.EINVAL, () -> rig.take(device, fd));
      int itsOwn = rig.share(device, rig.create(device));
      assertThat(rig.take(device, itsOwn)).isEqualTo(1);
    }
  }

  @Test
  @Row("M5")
  void shouldWaitForTheSameFencesAsTheExporter() {
    int object = rig.create(exporter);
    int handle = rig.take(importer, rig.share(exporter, object));
    int fence = GemFenceIoctl.attach(files, importer, handle, GemFenceIoctl.WRITE);
    assertErrno(Errno.EBUSY, () -> GemFenceIoctl.attach(files, exporter, object, 0));
    GemFenceIoctl.signal(files, importer, fence);
    assertThat(GemFenceIoctl.attach(files, exporter, object, 0)).isEqualTo(1);
  }

  @Test
  @Row("M7")
  void shouldHaveNoLookUpLeftWhenTheFileIsClosed() {
    int fd = rig.share(exporter, rig.create(exporter));
    rig.take(importer, fd);
    rig.share(exporter, rig.create(exporter));
    rig.closeAll(exporter, importer);
    assertThat(rig.user.buffers()).as("held by the descriptor that is left").hasSize(2);
  }

  @Test
  @Row("M8")
  void shouldKeepTheObjectWhileItsBufferLives() {
    int object = rig.create(exporter);
    int fd = rig.share(exporter, object);
    try (var mapping = GemIoctl.mmapDumb(files, exporter, object, 1)) {
      mapping.store(0, 7);
    }
    GemIoctl.close(files, exporter, object);
    files.close(exporter);
    try (DmaBuf buffer = rig.user.get(fd);
        var mapping = buffer.mmap(0, 1, false)) {
      assertThat(mapping.load(0)).isEqualTo(7);
    }
    files.close(fd);
    assertThat(rig.user.holdings().bytes()).isZero();
  }

  /** Two planes of one picture in one buffer, and in two: each plane has its own offset. */
  @Test
  @Row("N15")
  void shouldGiveEachPlaneTheHandleOfItsBuffer() {
    int luma = rig.share(exporter, rig.create(exporter));
    int chroma = rig.share(exporter, rig.create(exporter));
    assertThat(rig.take(importer, luma)).isEqualTo(rig.take(importer, files.dup(luma)));
    assertThat(rig.take(importer, luma)).isNotEqualTo(rig.take(importer, chroma));
  }

  @Test
  @Row("D/7")
  void shouldListTheImporterUntilItsFileIsClosed() {
    int fd = rig.share(exporter, rig.create(exporter));
    rig.take(importer, fd);
    assertThat(rig.user.holdings().attachments()).isEqualTo(1);
    files.close(importer);
    assertThat(rig.user.holdings().attachments()).isZero();
  }

  /** Writes down what it is called for. */
  private static final class RecordingOps implements DmaBufOps {
    final List<String> calls = new java.util.ArrayList<>();
    boolean refuses;
    private final BackingStore store;

    RecordingOps(BackingStore store) {
      this.store = store;
    }

    @Override
    public void attach(Attachment attachment) {
      calls.add("attach " + attachment.device().name());
    }

    @Override
    public void detach(Attachment attachment) {
      calls.add("detach " + attachment.device().name());
    }

    @Override
    public SgTable map(Attachment attachment, DmaDirection direction) {
      calls.add("map " + direction);
      if (refuses) {
        throw new org.dmabuf.DmaBufException(Errno.EBUSY, "planted");
      }
      return StoreOps.map(store, attachment, direction);
    }

    @Override
    public void unmap(Attachment attachment, SgTable table, DmaDirection direction) {
      calls.add("unmap " + direction);
      table.free();
    }

    @Override
    public void release() {
      calls.add("release");
      store.close();
    }
  }
}
