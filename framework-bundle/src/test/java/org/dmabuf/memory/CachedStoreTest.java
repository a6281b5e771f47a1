package org.dmabuf.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.dmabuf.Errno;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A cache that nothing keeps coherent: who sees whose stores, and what that moves. */
class CachedStoreTest {
  private static final int LINE = 64;

  private final PagePool pool = new PagePool(1L << 20);
  private final MemoryAccount account = new MemoryAccount("test");
  private final TransferMeter meter = new TransferMeter();
  private final int size = 2 * pool.pageSize();
  private final CachedStore store = new CachedStore(part(), part(), part(), meter);
  private final Arena arena = Arena.ofShared();
  private final MemorySegment device = store.memory().map(arena, 0, size, true);
  private final MemorySegment cpu = store.cache().map(arena, 0, size, true);

  private BackingStore part() {
    return pool.allocate(2L * pool.pageSize(), account, closed -> {});
  }

  @AfterEach
  void allThreeAreGivenBack() {
    arena.close();
    store.close();
    store.close();
    assertThat(pool.used()).isZero();
    pool.close();
  }

  private static void put(MemorySegment memory, long at, int value) {
    memory.set(ValueLayout.JAVA_BYTE, at, (byte) value);
  }

  private static int at(MemorySegment memory, long at) {
    return memory.get(ValueLayout.JAVA_BYTE, at);
  }

  @Test
  void storesAreSeenByTheOtherSideOnlyAfterTheirCall() {
    put(cpu, 5, 1);
    assertThat(at(device, 5)).isZero();
    store.clean();
    assertThat(at(device, 5)).isEqualTo(1);
    put(device, 5, 2);
    assertThat(at(cpu, 5)).isEqualTo(1);
    store.invalidate();
    assertThat(at(cpu, 5)).isEqualTo(2);
    put(device, 5, 3);
    store.clean();
    assertThat(at(device, 5)).as("the CPU has written nothing since").isEqualTo(3);
  }

  @Test
  void whatTheCpuDidNotCleanIsLostWhenItIsInvalidated() {
    put(cpu, size - 1L, 9);
    store.invalidate();
    assertThat(at(cpu, size - 1L)).isZero();
    assertThat(meter.get(Transfer.SYNCED)).isEqualTo(size);
    store.clean();
    assertThat(at(device, size - 1L)).isZero();
    assertThat(meter.get(Transfer.SYNCED)).as("nothing was left to clean").isEqualTo(size);
  }

  /** A line goes as a whole: what a device wrote beside the CPU's byte is lost, as on hardware. */
  @ParameterizedTest
  @ValueSource(ints = {0, 63, 64, 1000, 4095, 4096, 8191})
  void lineThatTheCpuChangedIsWrittenWholeAndNoOther(int changed) {
    device.fill((byte) 7);
    put(cpu, changed, 1);
    store.clean();
    for (int at = 0; at < size; at++) {
      boolean sameLine = at / LINE == changed / LINE;
      int expected = at == changed ? 1 : sameLine ? 0 : 7;
      assertThat(at(device, at)).as("byte %d", at).isEqualTo(expected);
    }
    assertThat(meter.get(Transfer.SYNCED)).isEqualTo(LINE);
    put(device, changed, 8);
    store.clean();
    assertThat(at(device, changed)).as("it is clean by now").isEqualTo(8);
  }

  @Test
  void everyLineThatWasChangedIsWrittenOnce() {
    for (int at : new int[] {1, 2, 64, 200, 4095, 4096, size - 1}) {
      put(cpu, at, 3);
    }
    store.clean();
    for (int at : new int[] {1, 2, 64, 200, 4095, 4096, size - 1}) {
      assertThat(at(device, at)).as("byte %d", at).isEqualTo(3);
    }
    assertThat(meter.get(Transfer.SYNCED)).isEqualTo(6L * LINE);
    assertThat(meter.get(Transfer.COPIED)).isZero();
  }

  @Test
  void storeThatIsGivenBackIsEnodev() {
    store.close();
    assertErrno(Errno.ENODEV, store::clean);
    assertErrno(Errno.ENODEV, store::invalidate);
  }
}
