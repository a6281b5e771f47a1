package org.dmabuf.exporter.heap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
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
import org.dmabuf.heap.HeapDevice;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The system heap in plain Java; rows B of the kernel's behaviour. */
class SystemHeapTest {
  private static final long POOL = 64L << 20;

  private final DmaBufCore core = DmaBufCore.create(POOL, Duration.ofSeconds(1));
  private final DmaBufRegistry driver = core.open("heap");
  private final DmaBufRegistry user = core.open("user");
  private final SystemHeap heap = new SystemHeap(driver, new Config("system", true));

  private record Config(String dmabuf_exporter, boolean coherent) implements SystemHeapConfig {
    @Override
    public int dmabuf_cost() {
      return 0;
    }

    @Override
    public ExportPolicy policy() {
      return ExportPolicy.ADOPT;
    }

    @Override
    public Class<SystemHeapConfig> annotationType() {
      return SystemHeapConfig.class;
    }
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(user.holdings()).isEqualTo(new Holdings(0, 0, 0, 0, 0, 0));
    core.close();
  }

  private int allocate(long length) {
    return heap.allocate(user.files(), length, HeapDevice.O_CLOEXEC | 2, 0);
  }

  @Test
  void roundsUpToPagesAndNamesItself() {
    int fd = allocate(1);
    try (DmaBuf buffer = user.get(fd)) {
      assertThat(buffer.size()).isEqualTo(user.pageSize());
      assertThat(buffer.exporterName()).isEqualTo("system");
    }
    assertThat(user.files().isCloseOnExec(fd)).isTrue();
    user.files().close(fd);
  }

  @Test
  void chargesWhoAsked() {
    int fd = allocate(100_000);
    assertThat(user.files().account().used()).isBetween(100_000L, 131_072L);
    assertThat(driver.files().account().used()).isZero();
    user.files().close(fd);
    assertThat(user.files().account().used()).isZero();
  }

  @Test
  void zeroesMemoryThatWasUsedBefore() {
    for (int round = 0; round < 3; round++) {
      int fd = allocate(3L << 20);
      try (DmaBuf buffer = user.get(fd);
          CpuMapping mapping = buffer.mmap(0, buffer.size(), true)) {
        MemorySegment bytes = mapping.segment();
        for (long at = 0; at < bytes.byteSize(); at += 512) {
          assertThat(bytes.get(ValueLayout.JAVA_LONG, at)).isZero();
        }
        bytes.fill((byte) 0x5a);
      }
      user.files().close(fd);
    }
  }

  @Test
  void mapsForDevicesAndReadOnlyForThoseThatOnlyRead() {
    int fd = allocate(2L << 20);
    try (DmaBuf buffer = user.get(fd);
        Attachment attachment = buffer.attach(DmaDevice.named("screen"))) {
      SgTable table = attachment.mapUnlocked(DmaDirection.TO_DEVICE);
      assertThat(table.size()).isEqualTo(buffer.size());
      assertThat(table.segments()).allMatch(MemorySegment::isReadOnly);
      attachment.unmapUnlocked(table);
      assertThatExceptionOfType(DmaBufException.class)
          .isThrownBy(() -> attachment.mapUnlocked(DmaDirection.NONE))
          .satisfies(refused -> assertThat(refused.errno()).isEqualTo(Errno.EINVAL));
    }
    user.files().close(fd);
  }

  @Test
  void vmapsScatteredPagesAtAdjacentAddresses() {
    int fd = allocate((1L << 20) + 4096);
    try (DmaBuf buffer = user.get(fd)) {
      buffer.resv().lock();
      MemorySegment all = buffer.vmap();
      assertThat(all.byteSize()).isEqualTo(buffer.size());
      all.set(ValueLayout.JAVA_BYTE, all.byteSize() - 1, (byte) 9);
      assertThat(buffer.vmap()).isEqualTo(all);
      buffer.vunmap(all);
      buffer.vunmap(all);
      buffer.resv().unlock();
    }
    user.files().close(fd);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, -4095})
  void refusesLengthsThatCannotBe(long length) {
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(() -> allocate(length))
        .satisfies(refused -> assertThat(refused.errno()).isEqualTo(Errno.EINVAL));
  }

  @Test
  void refusesUnknownFlags() {
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(() -> heap.allocate(user.files(), 4096, 4, 0))
        .satisfies(refused -> assertThat(refused.errno()).isEqualTo(Errno.EINVAL));
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(() -> heap.allocate(user.files(), 4096, 0, 0x111111))
        .satisfies(refused -> assertThat(refused.errno()).isEqualTo(Errno.EINVAL));
    user.files().close(heap.allocate(user.files(), 4096, 3, 0));
  }

  @Test
  void saysWhenThereIsNotEnough() {
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(() -> allocate(POOL + 1))
        .satisfies(refused -> assertThat(refused.errno()).isEqualTo(Errno.ENOMEM))
        .withMessageContaining("user");
  }

  @Test
  void buffersSurviveTheirDriver() {
    int fd = allocate(8192);
    core.leave(driver);
    core.close(driver);
    assertThatExceptionOfType(DmaBufException.class).isThrownBy(() -> allocate(4096));
    try (DmaBuf buffer = user.get(fd);
        CpuMapping mapping = buffer.mmap(0, 8192, true)) {
      mapping.segment().fill((byte) 1);
    }
    assertThat(user.buffers())
        .singleElement()
        .satisfies(b -> assertThat(b.state()).isEqualTo("ADOPTED"));
    user.files().close(fd);
  }
}
