package org.dmabuf.exporter.heap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.foreign.ValueLayout;
import java.time.Duration;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmabuf.Attachment;
import org.dmabuf.CpuMapping;
import org.dmabuf.DmaBuf;
import org.dmabuf.DmaBufCore;
import org.dmabuf.DmaBufException;
import org.dmabuf.DmaBufRegistry;
import org.dmabuf.DmaDevice;
import org.dmabuf.DmaDirection;
import org.dmabuf.Errno;
import org.dmabuf.ExportPolicy;
import org.dmabuf.Holdings;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The contiguous heap in plain Java. */
class ReservedHeapTest {
  private static final int O_RDWR = 2;
  private static final long MIB = 1L << 20;

  private final DmaBufCore core = DmaBufCore.create(16 * MIB, Duration.ofSeconds(1));
  private final DmaBufRegistry driver = core.open("heap");
  private final DmaBufRegistry user = core.open("user");
  private final ReservedHeap heap = new ReservedHeap(driver, new Config("reserved", 64));

  private record Config(String dmabuf_exporter, long size_mib) implements ReservedHeapConfig {
    @Override
    public int dmabuf_cost() {
      return 0;
    }

    @Override
    public boolean coherent() {
      return true;
    }

    @Override
    public ExportPolicy policy() {
      return ExportPolicy.ADOPT;
    }

    @Override
    public Class<ReservedHeapConfig> annotationType() {
      return ReservedHeapConfig.class;
    }
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(user.holdings()).isEqualTo(new Holdings(0, 0, 0, 0, 0, 0));
    core.close();
  }

  private int allocate(long length) {
    return heap.allocate(user.files(), length, O_RDWR, 0);
  }

  private static void assertErrno(Errno expected, ThrowingCallable call) {
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(call)
        .satisfies(refused -> assertThat(refused.errno()).isEqualTo(expected));
  }

  @Test
  @Row({"B/4"})
  void givesWhatTheRecordedOneGives() {
    int half = allocate(32 * MIB);
    assertErrno(Errno.ENOMEM, () -> allocate(64 * MIB));
    assertErrno(Errno.ENOMEM, () -> allocate(256 * MIB));
    user.files().close(half);
    user.files().close(allocate(32 * MIB));
    assertErrno(Errno.EINVAL, () -> allocate(0));
  }

  @Test
  void deviceThatCannotGatherGetsOneRun() {
    int fd = allocate(5 * MIB);
    try (DmaBuf buffer = user.get(fd);
        Attachment attachment = buffer.attach(DmaDevice.builder("fixed").contiguous().build())) {
      SgTable table = attachment.mapUnlocked(DmaDirection.BIDIRECTIONAL);
      assertThat(table.entries()).hasSize(1);
      assertThat(table.size()).isEqualTo(5 * MIB);
      attachment.unmapUnlocked(table);
      assertThat(buffer.exporterName()).isEqualTo("reserved");
    }
    user.files().close(fd);
  }

  @Test
  void buffersAndRegionOutliveTheDriver() {
    int fd = allocate(MIB);
    assertThat(user.files().account().used()).isEqualTo(MIB);
    core.leave(driver);
    core.close(driver);
    assertThatExceptionOfType(DmaBufException.class).isThrownBy(() -> allocate(MIB));
    try (DmaBuf buffer = user.get(fd);
        CpuMapping mapping = buffer.mmap(0, MIB, true)) {
      mapping.segment().fill((byte) 1);
    }
    DmaBufRegistry next = core.open("heap 1.0.1");
    ReservedHeap successor = new ReservedHeap(next, new Config("reserved", 64));
    assertThatExceptionOfType(DmaBufException.class)
        .as("the old buffer has its part of the same region")
        .isThrownBy(() -> successor.allocate(user.files(), 64 * MIB, O_RDWR, 0))
        .withMessageContaining("leaves " + 63 * MIB);
    user.files().close(fd);
    int all = successor.allocate(user.files(), 64 * MIB, O_RDWR, 0);
    try (DmaBuf buffer = user.get(all);
        CpuMapping mapping = buffer.mmap(0, MIB, false)) {
      assertThat(mapping.segment().get(ValueLayout.JAVA_BYTE, 0)).isZero();
    }
    user.files().close(all);
    assertThat(user.files().account().used()).isZero();
  }

  @Test
  @Row({"N10"})
  void regionsHaveNamesOfTheirOwn() {
    assertErrno(Errno.EINVAL, () -> new ReservedHeap(driver, new Config("reserved", 64)));
    assertErrno(Errno.EINVAL, () -> new ReservedHeap(driver, new Config("", 64)));
    assertErrno(Errno.EINVAL, () -> new ReservedHeap(driver, new Config("other", 0)));
    assertErrno(Errno.EINVAL, () -> new ReservedHeap(driver, new Config("other", Long.MAX_VALUE)));
    ReservedHeap other = new ReservedHeap(driver, new Config("other", 1));
    int fd = other.allocate(user.files(), MIB, O_RDWR, 0);
    other.stop();
    assertErrno(Errno.EBUSY, () -> new ReservedHeap(driver, new Config("other", 2)));
    user.files().close(fd);
    ReservedHeap larger = new ReservedHeap(driver, new Config("other", 2));
    user.files().close(larger.allocate(user.files(), 2 * MIB, O_RDWR, 0));
  }
}
