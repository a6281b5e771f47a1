package org.dmabuf.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.Row;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Reserved memory: one run for each buffer, fragmentation, and a region without its driver. */
class ReservedRegionTest {
  private final PagePool pool = new PagePool(1L << 20);
  private final int page = pool.pageSize();
  private final MemoryAccount account = new MemoryAccount("camera");
  private final ReservedRegion region = new ReservedRegion(pool, "reserved", 16L * page);

  @AfterEach
  void nothingIsLeft() {
    assertThat(account.used()).isZero();
    assertThat(region.books().whole().used()).isZero();
    assertThat(region.destroy()).isTrue();
    assertThat(region.destroy()).isTrue();
    pool.close();
  }

  private BackingStore allocate(long bytes) {
    return region.allocate(bytes, account, closed -> {});
  }

  private long address(BackingStore store) {
    SgTable table = store.table(false);
    table.free();
    assertThat(table.entries()).hasSize(1);
    return table.entries().getFirst().address();
  }

  @Test
  void bufferIsOneRunOfZeroesAlsoWhereAnotherWas() {
    for (int round = 0; round < 3; round++) {
      try (BackingStore store = allocate(5L * page - 1);
          Arena arena = Arena.ofConfined()) {
        assertThat(store.size()).isEqualTo(5L * page);
        assertThat(store.runs()).isEqualTo(1);
        SgTable table = store.table(true);
        MemorySegment run = table.segments().getFirst();
        MemorySegment mapped = store.map(arena, page, 4L * page, true);
        for (long at = 0; at < run.byteSize(); at += 8) {
          assertThat(run.get(ValueLayout.JAVA_LONG, at)).isZero();
        }
        run.fill((byte) 0x5a);
        assertThat(mapped.get(ValueLayout.JAVA_BYTE, 4L * page - 1)).isEqualTo((byte) 0x5a);
        table.free();
      }
    }
  }

  @Test
  @Row({"B/4"})
  void fragmentsAreEnomemThoughThereIsEnough() {
    List<BackingStore> stores = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      stores.add(allocate(4L * page));
    }
    assertErrno(Errno.ENOMEM, () -> allocate(1));
    stores.get(0).close();
    stores.get(2).close();
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(() -> allocate(5L * page))
        .withMessageContaining("asked by camera")
        .withMessageContaining("longest run " + 4 * page);
    assertThat(region.longest()).isEqualTo(4L * page);
    stores.get(1).close();
    assertThat(region.longest()).as("neighbours have merged").isEqualTo(12L * page);
    allocate(12L * page).close();
    stores.get(3).close();
    allocate(16L * page).close();
  }

  @Test
  @Row({"B/4"})
  void moreThanTheRegionIsEnomemAndTakesNothing() {
    assertErrno(Errno.EINVAL, () -> allocate(0));
    assertErrno(Errno.EINVAL, () -> allocate(Long.MIN_VALUE));
    for (long bytes : new long[] {16L * page + 1, Long.MAX_VALUE, Long.MAX_VALUE - page + 1}) {
      assertErrno(Errno.ENOMEM, () -> allocate(bytes));
    }
    MemoryAccount poor = new MemoryAccount("product").child("poor", page, "the limit client.mib");
    assertErrno(Errno.ENOMEM, () -> region.allocate(2L * page, poor, closed -> {}));
    region.books().pool(account).limit(page);
    assertThatExceptionOfType(DmaBufException.class)
        .isThrownBy(() -> allocate(2L * page))
        .withMessageContaining("the limit in region reserved");
    region.books().pool(account).limit(0);
    assertThat(region.books().whole().used()).isZero();
    assertThat(poor.used()).isZero();
  }

  @Test
  @Row({"N12"})
  void regionOutlivesItsDriverForTheBuffersAndTheSuccessor() {
    BackingStore store = allocate(page);
    long there = address(store);
    region.close();
    assertErrno(Errno.ENODEV, () -> allocate(page));
    assertThat(region.destroy()).as("a buffer lives").isFalse();
    SgTable table = store.table(true);
    table.segments().getFirst().set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
    assertThat(region.reopen()).isTrue();
    try (BackingStore next = allocate(page)) {
      assertThat(address(next)).isEqualTo(there + page);
    }
    table.free();
    region.close();
    store.close();
    assertThat(region.isRegistered()).isFalse();
  }

  /**
   * Against a map of pages: first fit, no overlap, and a refusal only when no hole is long enough.
   */
  @Test
  void firstFitAgreesWithAMapOfPages() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    int pages = 64;
    for (int round = 0; round < 200; round++) {
      FirstFit space = new FirstFit(pages);
      BitSet taken = new BitSet();
      List<long[]> runs = new ArrayList<>();
      for (int step = 0; step < 200; step++) {
        String at = "seed " + seed + " round " + round + " step " + step;
        if (runs.isEmpty() || random.nextInt(5) < 3) {
          int length = 1 + random.nextInt(random.nextInt(8) == 0 ? pages : 8);
          int expected = firstHole(taken, pages, length);
          long got = space.take(length);
          assertThat(got).as(at).isEqualTo(expected);
          if (got >= 0) {
            taken.set(expected, expected + length);
            runs.add(new long[] {got, length});
          }
        } else {
          long[] run = runs.remove(random.nextInt(runs.size()));
          space.give(run[0], run[1]);
          taken.clear((int) run[0], (int) (run[0] + run[1]));
        }
        assertThat(space.free()).as(at).isEqualTo(pages - taken.cardinality());
        assertThat(space.longest()).as(at).isEqualTo(longest(taken, pages));
      }
      runs.forEach(run -> space.give(run[0], run[1]));
      assertThat(space.holes()).as("seed %d: all have merged", seed).isEqualTo(1);
    }
  }

  private static int firstHole(BitSet taken, int pages, int length) {
    for (int at = 0; at + length <= pages; at++) {
      int next = taken.nextSetBit(at);
      if (next < 0 || next >= at + length) {
        return at;
      }
    }
    return -1;
  }

  private static int longest(BitSet taken, int pages) {
    int longest = 0;
    for (int at = taken.nextClearBit(0); at < pages; at = taken.nextClearBit(at + 1)) {
      int next = taken.nextSetBit(at);
      int end = next < 0 ? pages : Math.min(next, pages);
      longest = Math.max(longest, end - at);
      at = end;
    }
    return longest;
  }
}
