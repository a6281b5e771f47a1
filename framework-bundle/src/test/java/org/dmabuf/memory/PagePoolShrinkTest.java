package org.dmabuf.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.dmabuf.Errno;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** The pool gives back to the system what no buffer has, and nothing else. */
@EnabledOnOs(OS.LINUX)
class PagePoolShrinkTest {
  private static final long MIB = 1L << 20;

  private final MemoryAccount account = new MemoryAccount("test");
  private PagePool pool = new PagePool(64 * MIB);
  private final int page = pool.pageSize();

  @AfterEach
  void close() {
    assertThat(pool.used()).isZero();
    pool.close();
  }

  private BackingStore allocate(long bytes) {
    return pool.allocate(bytes, account, closed -> {});
  }

  private static long shared() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("RssShmem:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) << 10;
      }
    }
    throw new AssertionError("/proc/self/status has no RssShmem");
  }

  @Test
  void idleMemoryGoesBackToTheSystemAndComesBackZeroed() throws IOException {
    BackingStore kept = allocate(MIB);
    BackingStore gone = allocate(20 * MIB);
    SgTable table = gone.table(true);
    table.segments().forEach(segment -> segment.fill((byte) 7));
    table.free();
    gone.close();
    assertThat(pool.idle()).isEqualTo(20 * MIB);
    long before = shared();
    assertThat(pool.shrink(Long.MAX_VALUE)).isEqualTo(20 * MIB);
    assertThat(before - shared()).isGreaterThan(15 * MIB);
    assertThat(pool.idle()).isZero();
    assertThat(pool.shrink(Long.MAX_VALUE)).isZero();
    try (BackingStore again = allocate(20 * MIB)) {
      assertThat(all(again, 0)).isTrue();
    }
    kept.close();
  }

  private static boolean all(BackingStore store, int value) {
    SgTable table = store.table(false);
    try {
      for (MemorySegment segment : table.segments()) {
        for (long at = 0; at < segment.byteSize(); at += 256) {
          if (segment.get(ValueLayout.JAVA_BYTE, at) != value) {
            return false;
          }
        }
      }
      return true;
    } finally {
      table.free();
    }
  }

  @Test
  void shrinksByWholePagesAtLeastWhatWasAsked() {
    allocate(MIB).close();
    assertThat(pool.shrink(0)).isZero();
    assertThat(pool.shrink(1)).isEqualTo(page);
    assertThat(pool.shrink(page + 1L)).isEqualTo(2L * page);
    assertThat(pool.idle()).isEqualTo(MIB - 3L * page);
  }

  @Test
  void keepsNoMoreThanItMay() {
    pool.close();
    pool = new PagePool(64 * MIB, 4 * MIB);
    List<BackingStore> stores = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      stores.add(allocate(MIB));
    }
    for (BackingStore store : stores) {
      store.close();
      assertThat(pool.idle()).isLessThanOrEqualTo(4 * MIB);
    }
    assertThat(pool.idle()).isGreaterThan(0);
  }

  @Test
  void whatItMayKeepStaysAndOneMoreHalvesIt() {
    pool.close();
    pool = new PagePool(64 * MIB, MIB);
    allocate(MIB).close();
    assertThat(pool.idle()).isEqualTo(MIB);
    allocate(MIB + page).close();
    assertThat(pool.idle()).isEqualTo(MIB / 2);
  }

  @Test
  void buffersThatAreKeptReadyCountAsKept() {
    pool.close();
    pool = new PagePool(64 * MIB, 128 << 10);
    List<BackingStore> small = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      small.add(allocate(64 << 10));
    }
    small.get(0).close();
    small.get(1).close();
    assertThat(pool.idle()).isEqualTo(128 << 10);
    small.get(2).close();
    assertThat(pool.idle()).isEqualTo(64 << 10);
  }

  @Test
  void closedPoolHasNothing() {
    allocate(64 << 10).close();
    allocate(MIB).close();
    pool.close();
    assertThat(pool.idle()).isZero();
    assertThat(pool.reserved()).isZero();
  }

  @Test
  void freshMemoryIsOfTheLargestRuns() {
    for (long[] pagesAndRuns :
        new long[][] {{1, 1}, {15, 1}, {16, 1}, {17, 2}, {256, 1}, {274, 3}}) {
      try (BackingStore store = allocate(pagesAndRuns[0] * 4096)) {
        assertThat(store.runs()).as("%d pages", pagesAndRuns[0]).isEqualTo((int) pagesAndRuns[1]);
      }
    }
  }

  @Test
  void buffersThatAreKeptReadyAreOfferedBeforeThePoolGrows() {
    List<BackingStore> small = new ArrayList<>();
    for (int i = 0; i < 256; i++) {
      small.add(allocate(64 << 10));
    }
    assertThat(pool.reserved()).isEqualTo(16 * MIB);
    small.forEach(BackingStore::close);
    allocate(16 * MIB).close();
    assertThat(pool.reserved()).isEqualTo(16 * MIB);
  }

  /** Every page has its owner's mark, so that a page with two owners or a dirty one is found. */
  @Test
  void marksSurviveAnyOrderOfAllocationsAndShrinking() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<BackingStore> live = new ArrayList<>();
    List<Byte> marks = new ArrayList<>();
    long used = 0;
    for (int step = 0; step < 1000; step++) {
      String at = "seed " + seed + " step " + step;
      int kind = random.nextInt(20);
      if (kind < 10) {
        long bytes = random.nextInt(4) == 0 ? 64 << 10 : 1 + random.nextInt(300 << 10);
        BackingStore store = allocate(bytes);
        assertThat(all(store, 0)).as(at).isTrue();
        byte mark = (byte) (1 + random.nextInt(120));
        SgTable table = store.table(true);
        table.segments().forEach(segment -> segment.fill(mark));
        table.free();
        live.add(store);
        marks.add(mark);
        used += store.size();
      } else if (kind < 19) {
        while (live.size() > 60 || (!live.isEmpty() && random.nextBoolean())) {
          int which = random.nextInt(live.size());
          assertThat(all(live.get(which), marks.remove(which))).as(at).isTrue();
          used -= live.get(which).size();
          live.remove(which).close();
        }
      } else {
        long idle = pool.idle();
        long wanted = random.nextInt(4 << 20);
        assertThat(pool.shrink(wanted)).as(at).isGreaterThanOrEqualTo(Math.min(wanted, idle));
      }
      assertThat(pool.used()).as(at).isEqualTo(used);
      assertThat(pool.idle()).as(at).isBetween(0L, pool.reserved() - used);
    }
    live.forEach(BackingStore::close);
  }

  /** Sizes around every edge are answered by what exact numbers say. */
  @Test
  void sizesAtTheEdgesOfLongAreAnsweredWithoutOverflow() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    for (int round = 0; round < 1500; round++) {
      long base = random.nextBoolean() ? 1L << random.nextInt(64) : Long.MAX_VALUE;
      long bytes = base + random.nextInt(-2 * page, 2 * page);
      if (bytes >= 1 && bytes <= 64 * MIB) {
        try (BackingStore store = allocate(bytes)) {
          assertThat(store.size())
              .as("seed %d: %d", seed, bytes)
              .isBetween(bytes, bytes + page - 1);
        }
      } else {
        assertErrno(bytes < 1 ? Errno.EINVAL : Errno.ENOMEM, () -> allocate(bytes));
      }
      assertThat(account.used()).isZero();
    }
  }
}
