package org.dmabuf.gem;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.gem.GemRig.assertErrno;

import org.dmabuf.Attachment;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.ExportPolicy;
import org.dmabuf.file.DeviceNode;
import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.memory.MemoryAccount;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Programs that show nothing, and devices that take nobody else's buffers today. */
final class RenderNodeTest {
  private final GemRig rig = new GemRig();
  private final GemCore vgem = rig.start("vgem");
  private final DeviceNode node = vgem.renderNode("renderD128");
  private final FileTable files = rig.files;
  private final int card = rig.open(vgem);
  private final int render = node.open(files, OpenFlags.O_RDWR);

  /** A driver that has no mode for buffers of others now. */
  private static final class Refusing implements GemDriver, GemDriver.Importing {
    private final GemRig.Pages pages;

    Refusing(GemRig.Pages pages) {
      this.pages = pages;
    }

    @Override
    public GemObjectOps create(long size, MemoryAccount account) {
      return pages.create(size, account);
    }

    @Override
    public GemObjectOps importTable(Attachment attachment, SgTable table) {
      throw new DmaBufException(Errno.ENODEV, "virtio_gpu has no blobs and takes no buffers");
    }
  }

  @AfterEach
  void close() {
    vgem.close();
    rig.close();
  }

  @Test
  @Row("D/5")
  void shouldHaveNoDumbBuffers() {
    assertThat(node.name()).isEqualTo("renderD128");
    int handle = rig.create(card);
    int known = rig.take(render, rig.share(card, handle));
    assertErrno(Errno.EACCES, () -> GemIoctl.createDumb(files, render, 1, 1, 8));
    assertErrno(Errno.EACCES, () -> GemIoctl.createDumb(files, render, 0, 0, 0));
    assertErrno(Errno.EACCES, () -> GemIoctl.mapDumb(files, render, known));
    assertErrno(Errno.EACCES, () -> GemIoctl.destroyDumb(files, render, known));
    GemIoctl.close(files, render, known);
  }

  @Test
  @Row("D/5")
  void shouldShareObjectsWithThePrimaryNodeBothWays() {
    int fd = rig.share(card, rig.create(card));
    int known = rig.take(render, fd);
    int again = rig.share(render, known);
    assertThat(files.isSame(fd, again)).isTrue();
    assertThat(rig.take(render, again)).isEqualTo(known);
    vgem.close();
    assertErrno(Errno.ENODEV, () -> node.open(files, OpenFlags.O_RDWR));
    assertErrno(Errno.ENODEV, () -> rig.share(render, known));
  }

  @Test
  @Row("D/6")
  void shouldLeaveNothingWhenTheImportersDriverRefuses() {
    Refusing driver = new Refusing(new GemRig.Pages(rig.otherDriver));
    try (GemCore virtio =
        GemCore.start(rig.otherDriver, GemRig.info("virtio_gpu", ExportPolicy.REVOKE), driver)) {
      int fd = rig.share(card, rig.create(card));
      int importer = rig.open(virtio);
      assertErrno(Errno.ENODEV, () -> rig.take(importer, fd));
      assertThat(rig.user.holdings().mappings()).as("unmapped").isZero();
      assertThat(rig.user.holdings().attachments()).as("detached").isZero();
      assertThat(rig.take(importer, rig.share(importer, rig.create(importer))))
          .as("its own buffer, the first handle")
          .isEqualTo(1);
    }
  }
}
