package org.dmabuf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A handle that another thread closed while a call was in the driver: the buffer was released under
 * the call, and its vmap was never given back.
 */
class ClosedInTheMiddleOfACallTest {
  @RegisterExtension final Framework framework = new Framework();

  /** An exporter whose buffer's last handle is closed while the driver works. */
  private static final class Closing extends RecordingExporter.Full {
    Closing(DmaBufRegistry registry) {
      super(registry, 8192);
    }

    @Override
    public void beginCpuAccess(DmaDirection direction) {
      super.beginCpuAccess(direction);
      buffer.close();
      calls.add("begun");
    }

    @Override
    public MemorySegment vmap(Arena arena) {
      MemorySegment mapped = super.vmap(arena);
      buffer.close();
      calls.add("vmapped");
      return mapped;
    }
  }

  @Test
  @Row({"C10", "U1"})
  void bufferIsReleasedOnlyAfterTheDriversCall() {
    DmaBufRegistry registry = framework.open("exporter");
    Closing exporter = new Closing(registry);
    exporter.export(registry).beginCpuAccess(DmaDirection.BIDIRECTIONAL);
    assertThat(exporter.taken()).containsExactly("begin(BIDIRECTIONAL)", "begun", "release");
    assertThat(framework.holdings().buffers()).isZero();
  }

  @Test
  @Row({"C10", "U4", "U5"})
  void vmapIsGivenBackBeforeTheBufferIsReleased() {
    DmaBufRegistry registry = framework.open("exporter");
    Closing exporter = new Closing(registry);
    DmaBuf buffer = exporter.export(registry);
    buffer.resv().lock();
    assertErrno(Errno.EBADF, buffer::vmap);
    buffer.resv().unlock();
    assertThat(exporter.taken().subList(0, 3)).containsExactly("vmap", "vmapped", "vunmap");
    assertThat(framework.holdings().mappings()).isZero();
    assertThat(framework.holdings().bytes()).isZero();
  }
}
