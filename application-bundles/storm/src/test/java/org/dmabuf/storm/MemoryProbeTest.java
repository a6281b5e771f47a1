package org.dmabuf.storm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A storm's report told of 17.9 MiB of heap and of 26.6 MiB four minutes later, and nobody could
 * say how much of it were holes, or heap that had been in use once.
 */
class MemoryProbeTest {
  private static final int MIB = 1024 * 1024;
  private static final int SOME = 192;
  private static final long BYTES = (long) SOME * MIB;
  // Compilers come and go meanwhile, and need some memory of their own.
  private static final long NOISE = 64L * MIB;

  private final MemoryProbe probe = new MemoryProbe();

  @Test
  void shouldCountWhatIsKeptOnTheHeapAndNothingElse() {
    long before = probe.now().heap();
    long with;
    List<byte[]> kept = heap();
    try {
      with = probe.now().heap();
    } finally {
      Reference.reachabilityFence(kept);
    }
    kept.clear();
    long after = probe.now().heap();
    assertThat(with - before).isBetween(BYTES - NOISE, BYTES + NOISE);
    assertThat(after - before).isBetween(-NOISE, NOISE);
  }

  @Test
  void shouldCountNativeMemoryApartFromTheHeap() {
    MemoryUse before = probe.now();
    assumeThat(before.resident()).isPositive();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment kept = arena.allocate(BYTES);
      kept.fill((byte) 1);
      MemoryUse with = probe.now();
      assertThat(with.beside() - before.beside()).isBetween(BYTES - NOISE, BYTES + NOISE);
      assertThat(with.heap() - before.heap()).isBetween(-NOISE, NOISE);
    }
    assertThat(probe.now().beside() - before.beside()).isBetween(-NOISE, NOISE);
  }

  /** It stays resident, as the collector keeps it for what comes. */
  @Test
  void shouldNotTakeHeapThatWasInUseOnceForNativeMemory() {
    MemoryUse before = probe.now();
    assumeThat(before.resident()).isPositive();
    heap().clear();
    MemoryUse after = probe.now();
    assertThat(after.beside() - before.beside()).isBetween(-NOISE, NOISE);
  }

  @Test
  void shouldTellOfAllThreeInMebibytes() {
    assertThat(new MemoryUse(3L * MIB / 2, MIB, 5L * MIB).asMap())
        .containsEntry("heap_mib", 1.5)
        .containsEntry("native_mib", 1.0)
        .containsEntry("resident_mib", 5.0);
    assertThat(new MemoryUse(MIB, -1, -1).asMap())
        .containsEntry("native_mib", -1.0)
        .containsEntry("resident_mib", -1.0);
  }

  /** Many small ones, as a storm's are. */
  private static List<byte[]> heap() {
    List<byte[]> many = new ArrayList<>();
    for (int i = 0; i < SOME; i++) {
      many.add(new byte[MIB]);
    }
    return many;
  }
}
