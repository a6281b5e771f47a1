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
import org.dmabuf.ExportPolicy;
import org.dmabuf.Holdings;
import org.dmabuf.memory.Transfer;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A heap that is not coherent shows what a missing bracket does: stale data. */
class NoncoherentHeapTest {
  private static final int O_RDWR = 2;
  private static final int SIZE = 8192;

  private final DmaBufCore core = DmaBufCore.create(1L << 20, Duration.ofMillis(50));
  private final DmaBufRegistry driver = core.open("heap");
  private final DmaBufRegistry user = core.open("user");
  private DmaBuf buffer;
  private Attachment attachment;
  private SgTable table;
  private MemorySegment device;
  private CpuMapping mapping;
  private MemorySegment cpu;

  private record Config(String dmabuf_exporter) implements SystemHeapConfig {
    @Override
    public int dmabuf_cost() {
      return 0;
    }

    @Override
    public boolean coherent() {
      return false;
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

  @BeforeEach
  void open() {
    SystemHeap heap = new SystemHeap(driver, new Config("noncoherent"));
    int fd = heap.allocate(user.files(), SIZE, O_RDWR, 0);
    buffer = user.get(fd);
    user.files().close(fd);
    attachment = buffer.attach(DmaDevice.named("camera"));
    table = attachment.mapUnlocked(DmaDirection.BIDIRECTIONAL);
    device = table.segments().getFirst();
    mapping = buffer.mmap(0, SIZE, true);
    cpu = mapping.segment();
  }

  @AfterEach
  void close() {
    mapping.close();
    attachment.unmapUnlocked(table);
    attachment.close();
    buffer.close();
    assertThat(user.holdings()).isEqualTo(new Holdings(0, 0, 0, 0, 0, 0));
    core.close();
  }

  private long synced() {
    return user.meter().get(Transfer.SYNCED);
  }

  private static int at(MemorySegment memory, long offset) {
    return memory.get(ValueLayout.JAVA_BYTE, offset);
  }

  private static void put(MemorySegment memory, long offset, int value) {
    memory.set(ValueLayout.JAVA_BYTE, offset, (byte) value);
  }

  @ParameterizedTest
  @EnumSource(names = {"FROM_DEVICE", "BIDIRECTIONAL"})
  void cpuSeesWhatTheDeviceWroteOnlyAfterABegin(DmaDirection direction) {
    put(device, 5000, 7);
    assertThat(at(cpu, 5000)).as("stale").isZero();
    buffer.beginCpuAccess(direction);
    assertThat(at(cpu, 5000)).isEqualTo(7);
    assertThat(synced()).isEqualTo(SIZE);
    buffer.endCpuAccess(direction);
    assertThat(synced()).as("nothing was written").isEqualTo(SIZE);
  }

  @ParameterizedTest
  @EnumSource(names = {"TO_DEVICE", "BIDIRECTIONAL"})
  void deviceSeesWhatTheCpuWroteOnlyAfterAnEnd(DmaDirection direction) {
    buffer.beginCpuAccess(direction);
    long before = synced();
    put(cpu, 5000, 7);
    assertThat(at(device, 5000)).as("stale").isZero();
    buffer.endCpuAccess(direction);
    assertThat(at(device, 5000)).isEqualTo(7);
    assertThat(synced() - before).as("a line").isEqualTo(64);
  }

  @Test
  void bracketOfTheOtherDirectionMovesNothing() {
    put(device, 1, 7);
    buffer.beginCpuAccess(DmaDirection.TO_DEVICE);
    assertThat(at(cpu, 1)).isZero();
    put(cpu, 2, 9);
    buffer.endCpuAccess(DmaDirection.FROM_DEVICE);
    assertThat(at(device, 2)).isZero();
    assertThat(synced()).isZero();
  }

  @Test
  void writingOneLineDoesNotUndoWhatTheDeviceWroteIntoAnother() {
    put(device, 128, 7);
    buffer.beginCpuAccess(DmaDirection.TO_DEVICE);
    put(cpu, 0, 9);
    put(cpu, SIZE - 1, 8);
    buffer.endCpuAccess(DmaDirection.TO_DEVICE);
    assertThat(at(device, 0)).isEqualTo(9);
    assertThat(at(device, SIZE - 1)).isEqualTo(8);
    assertThat(at(device, 128)).isEqualTo(7);
    assertThat(synced()).isEqualTo(2 * 64);
  }

  @Test
  void beginThrowsAwayWhatTheCpuDidNotEnd() {
    put(cpu, 0, 9);
    buffer.beginCpuAccess(DmaDirection.FROM_DEVICE);
    assertThat(at(cpu, 0)).isZero();
    buffer.endCpuAccess(DmaDirection.BIDIRECTIONAL);
    assertThat(at(device, 0)).isZero();
  }

  @Test
  void vmapIsTheCpusViewToo() {
    buffer.resv().lock();
    MemorySegment all = buffer.vmap();
    put(all, 4096, 3);
    assertThat(at(cpu, 4096)).isEqualTo(3);
    assertThat(at(device, 4096)).isZero();
    buffer.vunmap(all);
    buffer.resv().unlock();
  }

  @Test
  void buffersAreRevokedWithTheirDriverForNobodyElseKnowsTheBrackets() {
    core.leave(driver);
    core.close(driver);
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(() -> buffer.beginCpuAccess(DmaDirection.BIDIRECTIONAL));
    put(cpu, 0, 1);
    put(device, 0, 2);
    assertThat(at(cpu, 0)).as("mappings stay").isEqualTo(1);
  }
}
