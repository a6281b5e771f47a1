package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;

import org.dmabuf.file.FileTable;
import org.dmabuf.file.OpenFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A handle closed by another thread while it was given a descriptor left a descriptor that named a
 * released file: the count was taken after the file was installed, and its failure undid only half.
 */
class DescriptorOfAClosedHandleTest {
  @RegisterExtension final Framework framework = new Framework();

  @Test
  @Row({"F1", "M3"})
  void descriptorThatWasGivenNamesALiveBuffer() throws Exception {
    DmaBufRegistry registry = framework.open("client");
    FileTable table = registry.files();
    for (int round = 0; round < 2_000; round++) {
      RecordingExporter exporter = RecordingExporter.of(registry, false);
      DmaBuf handle = exporter.export(registry);
      Integer fd = null;
      Threads.Running<Object> closer =
          round % 10 == 0
              ? Threads.start(
                  () -> {
                    closeOnce(handle);
                    return null;
                  })
              : null;
      try {
        fd = registry.fd(handle, table, true);
      } catch (DmaBufException closed) {
        assertThat(closed.errno()).isEqualTo(Errno.EBADF);
      }
      if (closer == null) {
        assertThat(fd).isNotNull();
      } else {
        closer.join();
      }
      if (fd != null) {
        OpenFile file = table.get(fd);
        assertThat(file.references()).isEqualTo(2);
        file.put();
        assertThat(exporter.calls).isEmpty();
        table.close(fd);
      }
      assertThat(exporter.taken()).containsExactly("release");
      assertThat(table.size()).isZero();
    }
  }

  private static void closeOnce(DmaBuf handle) {
    try {
      handle.close();
    } catch (DmaBufException consumed) {
      assertThat(consumed.errno()).isEqualTo(Errno.EBADF);
    }
  }
}
