package org.dmabuf.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmabuf.Attachment;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.fence.DmaFence;
import org.dmabuf.fence.FenceContext;
import org.dmabuf.file.OpenFlags;
import org.dmabuf.resv.Usage;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class BuffersCommandTest {
  private final Rig rig = new Rig();
  private final BuffersCommand command = new BuffersCommand(rig.shell);

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  @Row("D2")
  void shouldSayTheSameAsTheKernelWithoutBuffers() {
    assertThat(command.buffers(false))
        .isEqualTo(
            """

            Dma-buf Objects:
            size    \tflags   \tmode    \tcount   \texp_name\tino     \tname

            Total 0 objects, 0 bytes
            """);
    assertThat(command.buffers(true)).isEqualTo("There are no buffers.");
  }

  @Test
  @Row("D2")
  void shouldTellAttachmentsAndFencesInTheKernelsForm() {
    int named = rig.allocate(rig.camera);
    rig.allocate(rig.camera);
    try (DmaBuf buffer = rig.camera.get(named);
        Attachment attachment = buffer.attach(DmaDevice.named("vkms"));
        FenceContext context = rig.camera.fenceContext("sw_sync", "tl1");
        FenceContext second = rig.camera.fenceContext("sw_sync", "tl2")) {
      buffer.setName("nm1");
      fence(buffer, context, Usage.WRITE);
      fence(buffer, second, Usage.READ);

      assertThat(command.buffers(false))
          .isEqualTo(
              """

              Dma-buf Objects:
              size    \tflags   \tmode    \tcount   \texp_name\tino     \tname
              00016384\t00000002\t00080007\t00000001\tsystem\t00000002\t<none>
              \tAttached Devices:
              Total 0 devices attached

              00016384\t00000002\t00080007\t00000003\tsystem\t00000001\tnm1
              \twrite fence:sw_sync tl1 seq 1 unsignalled
              \tread fence:sw_sync tl2 seq 1 unsignalled
              \tAttached Devices:
              \tvkms
              Total 1 devices attached


              Total 2 objects, 32768 bytes
              """);
      assertThat(attachment.device().name()).isEqualTo("vkms");
    }
  }

  /** The access modes as the kernel's own output has them, for the same exports. */
  @Test
  @Row("D2")
  void shouldTellFlagsAndModesOfEachFile() {
    int[] flags = {OpenFlags.O_RDONLY, OpenFlags.O_RDWR, OpenFlags.O_WRONLY, OpenFlags.O_ACCMODE};
    for (int each : flags) {
      rig.export("videobuf2_vmalloc", 118_784, each);
    }

    assertThat(command.buffers(false).lines().filter(line -> line.startsWith("0")))
        .containsExactly(
            "00118784\t00000003\t00080004\t00000001\tvideobuf2_vmalloc\t00000004\t<none>",
            "00118784\t00000001\t00080006\t00000001\tvideobuf2_vmalloc\t00000003\t<none>",
            "00118784\t00000002\t00080007\t00000001\tvideobuf2_vmalloc\t00000002\t<none>",
            "00118784\t00000000\t00080005\t00000001\tvideobuf2_vmalloc\t00000001\t<none>");
    assertThat(command.buffers(false)).endsWith("\n\nTotal 4 objects, 475136 bytes\n");
  }

  @Test
  void shouldTellWhoOwnsAndWhoHolds() {
    try (DmaBuf buffer = rig.camera.get(rig.allocate(rig.camera));
        Attachment attachment = buffer.attach(DmaDevice.named("camera0"))) {
      SgTable table = attachment.mapUnlocked(DmaDirection.FROM_DEVICE);

      assertThat(command.buffers(true).lines())
          .containsExactly(
              "INO  SIZE      EXPORTER  NAME  STATE  OWNER            REFS  MAPPED",
              "1    16.0 KiB  system    -     LIVE   test.heap 1.0.0  3     1",
              "    held by      test.camera 1.0.0",
              "    attached to  camera0 by test.camera 1.0.0");

      rig.core.close(rig.heapBundle);
      assertThat(command.buffers(true)).contains("REVOKED");
      attachment.unmapUnlocked(table);
    }
  }

  private static DmaFence fence(DmaBuf buffer, FenceContext context, Usage usage) {
    DmaFence fence = context.create();
    buffer.resv().lock();
    try {
      buffer.resv().reserveFences(1);
      buffer.resv().addFence(fence, usage);
    } finally {
      buffer.resv().unlock();
    }
    return fence;
  }
}
