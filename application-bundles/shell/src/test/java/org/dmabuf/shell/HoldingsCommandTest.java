package org.dmabuf.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmabuf.Attachment;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.memory.Transfer;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HoldingsCommandTest {
  private final Rig rig = new Rig();
  private final HoldingsCommand command = new HoldingsCommand(rig.shell);

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void shouldTellWhatIsHeldAndWhatHasMoved() {
    try (DmaBuf buffer = rig.camera.get(rig.allocate(rig.camera));
        Attachment attachment = buffer.attach(DmaDevice.named("camera0"))) {
      SgTable table = attachment.mapUnlocked(DmaDirection.FROM_DEVICE);
      rig.camera.meter().add(Transfer.CONVERTED, 2048);

      assertThat(command.holdings().lines().map(line -> line.replaceAll(" +", " ")))
          .containsExactly(
              "HELD NOW",
              "buffers 1",
              "attachments 1",
              "mappings 1",
              "pending fences 0",
              "open files 1",
              "memory 16.0 KiB",
              "",
              "MOVED SO FAR",
              "copied 0 B",
              "moved 0 B",
              "converted 2.0 KiB",
              "synced 0 B",
              "written 0 B",
              "read 0 B",
              "verified 0 B");
      attachment.unmapUnlocked(table);
    }
  }
}
