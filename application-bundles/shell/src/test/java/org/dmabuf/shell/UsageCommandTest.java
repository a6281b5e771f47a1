package org.dmabuf.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmabuf.DmaBuf;
import org.dmabuf.limit.ClientLimits;
import org.dmabuf.limit.Limit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class UsageCommandTest {
  private final Rig rig = new Rig();
  private final UsageCommand command = new UsageCommand(rig.shell);

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void shouldTellWhoHasHowMuchOfWhat() {
    rig.core.limit("test.camera 1.0.0", ClientLimits.NONE.with(Limit.FILES, 8));
    try (DmaBuf buffer = rig.camera.get(rig.allocate(rig.camera))) {
      buffer.setName("frame");
      assertThat(command.usage(false).lines().map(line -> line.strip().replaceAll(" +", " ")))
          .containsExactly(
              "WHO BYTES BUFFERS FILES FENCES PINNED",
              "product 16.0 KiB of 4.0 GiB 1 1 0 0 B",
              "test.camera 1.0.0 0 B 0 1 of 8 0 0 B",
              "test.heap 1.0.0 16.0 KiB 1 0 0 0 B",
              "dma-buf 1 of system 'frame', 16.0 KiB, LIVE, 2 references, held by test.camera"
                  + " 1.0.0",
              "test.shell 1.0.0 0 B 0 0 0 0 B");
    }
  }

  @Test
  void shouldTellItAsJsonToo() {
    try (DmaBuf buffer = rig.camera.get(rig.allocate(rig.camera))) {
      buffer.setName("a \"frame\"\n\\");
      rig.core.close(rig.heapBundle);
      assertThat(command.usage(true))
          .contains(
              "\"levels\":{\"bytes\":{\"used\":0,\"most\":4294967296},"
                  + "\"buffers\":{\"used\":1,\"most\":0},",
              "{\"name\":\"test.shell 1.0.0\",\"levels\":{\"bytes\":{\"used\":0,\"most\":0},",
              "\"pinned\":{\"used\":0,\"most\":0}},\"buffers\":[]}",
              "\"adopted\":[{\"inode\":1,\"size\":16384,\"exporter\":\"system\","
                  + "\"name\":\"a \\\"frame\\\"\\u000a\\\\\",\"state\":\"REVOKED\","
                  + "\"references\":2,\"holders\":[\"test.camera 1.0.0\"]}]")
          .doesNotContain("\n");
      assertThat(command.usage(false)).contains("of bundles that have gone:");
    }
  }
}
