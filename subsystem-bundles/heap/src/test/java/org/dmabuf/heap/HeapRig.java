package org.dmabuf.heap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmabuf.Attachment;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufOps;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDirection;
import org.dmabuf.Errno;
import org.dmabuf.ExportInfo;
import org.dmabuf.ExportPolicy;
import org.dmabuf.memory.BackingStore;
import org.dmabuf.sg.SgTable;

/** A framework with a table of heaps, and a driver of the simplest kind. */
final class HeapRig implements AutoCloseable {
  final DmaBufCore core = DmaBufCore.create(64L << 20, Duration.ofSeconds(1));
  final DmaBufRegistry driver = core.open("driver");
  final DmaBufRegistry user = core.open("user");
  final HeapTable heaps = new HeapTable();

  /** Makes a heap of pages; not listed yet. */
  DmaHeap heap(String name) {
    return new DmaHeap(
        name,
        driver,
        (length, fileFlags, account) -> {
          BackingStore store = driver.allocate(length, account);
          return driver.export(
              ExportInfo.of(name, length, new Pages(store), ExportPolicy.REVOKE)
                  .withFileFlags(fileFlags));
        });
  }

  private record Pages(BackingStore store) implements DmaBufOps {
    @Override
    public SgTable map(Attachment attachment, DmaDirection direction) {
      return store.table(true);
    }

    @Override
    public void unmap(Attachment attachment, SgTable table, DmaDirection direction) {
      table.free();
    }

    @Override
    public void release() {
      store.close();
    }
  }

  static void assertErrno(Errno expected, ThrowingCallable call) {
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(call)
        .satisfies(
            refused -> assertThat(refused.errno()).as(refused.sentence()).isEqualTo(expected));
  }

  /** Fails when a descriptor or a buffer is left. */
  @Override
  public void close() {
    assertThat(user.files().size()).as("descriptors").isZero();
    assertThat(user.buffers()).isEmpty();
    core.close();
  }
}
