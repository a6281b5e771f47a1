package org.dmabuf.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.dmabuf.Errnos.assertErrno;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.DmaBufException;
import org.dmabuf.Errno;
import org.dmabuf.Threads;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PagePoolTest {
  private static final long LIMIT = 48L << 20;
  private final PagePool pool = new PagePool(LIMIT);
  private final MemoryAccount account = new MemoryAccount("test");
  private final int page = pool.pageSize();

  @AfterEach
  void close() {
    assertThat(pool.used()).isZero();
    assertThat(account.used()).isZero();
    pool.close();
  }

  private BackingStore allocate(long bytes) {
    return pool.allocate(bytes, account, closed -> {});
  }

  private static void fill(BackingStore store, byte value) {
    SgTable table = store.table(true);
    table.segments().forEach(segment -> segment.fill(value));
    table.free();
  }

  private static boolean isAll(MemorySegment segment, byte value) {
    for (long at = 0; at < segment.byteSize(); at += 512) {
      if (segment.get(ValueLayout.JAVA_BYTE, at) != value) {
        return false;
      }
    }
    return segment.get(ValueLayout.JAVA_BYTE, segment.byteSize() - 1) == value;
  }

  @Test
  void sizesAreRoundedToPagesAndCharged() {
    try (BackingStore one = allocate(1);
        BackingStore two = allocate(page + 1)) {
      assertThat(one.size()).isEqualTo(page);
      assertThat(two.size()).isEqualTo(2L * page);
      assertThat(pool.used()).isEqualTo(3L * page);
      assertThat(account.used()).isEqualTo(3L * page);
    }
    assertThat(account.peak()).isEqualTo(3L * page);
    assertErrno(Errno.EINVAL, () -> allocate(0));
    assertErrno(Errno.EINVAL, () -> allocate(-1));
  }

  @Test
  void memoryIsZeroAlsoWhenItWasDirty() {
    for (int i = 0; i < 32; i++) {
      try (BackingStore store = allocate(300L * page)) {
        SgTable table = store.table(true);
        assertThat(table.segments()).allMatch(segment -> isAll(segment, (byte) 0));
        table.free();
        fill(store, (byte) 0x5a);
      }
    }
    assertThat(pool.reserved()).as("one slab is used again").isEqualTo(16L << 20);
  }

  @Test
  void limitIsEnomemAndTakesNothing() {
    try (BackingStore most = allocate(LIMIT - page)) {
      assertErrno(Errno.ENOMEM, () -> allocate(page + 1));
      assertErrno(Errno.ENOMEM, () -> allocate(Long.MAX_VALUE));
      assertThatExceptionOfType(DmaBufException.class)
          .isThrownBy(() -> allocate(page + 1))
          .withMessageContaining("asked by test")
          .withMessageContaining("leaves " + page);
      assertThat(pool.used()).isEqualTo(most.size());
      assertThat(account.used()).isEqualTo(most.size());
      allocate(page).close();
    }
  }

  /** Rounding up passed the limit, and with no limit to speak of it overflowed. */
  @Test
  void roundingUpDoesNotPassTheLimit() {
    PagePool odd = new PagePool(page + 100);
    assertErrno(Errno.ENOMEM, () -> odd.allocate(page + 1, account, closed -> {}));
    odd.allocate(page, account, closed -> {}).close();
    odd.close();
    PagePool endless = new PagePool(Long.MAX_VALUE);
    assertErrno(Errno.ENOMEM, () -> endless.allocate(Long.MAX_VALUE, account, closed -> {}));
    endless.close();
  }

  @Test
  void pagesComeBackOnlyWhenNoTableAndNoMappingIsLeft() {
    BackingStore store = allocate(page);
    SgTable table = store.table(false);
    Arena arena = Arena.ofShared();
    store.map(arena, 0, page, true);
    store.close();
    store.close();
    assertThat(pool.used()).isEqualTo(page);
    assertErrno(Errno.ENODEV, () -> store.table(true));
    assertErrno(Errno.EBUSY, pool::close);
    table.free();
    table.free();
    assertThat(pool.used()).isEqualTo(page);
    assertThat(account.used()).isEqualTo(page);
    arena.close();
    assertThat(pool.used()).isZero();
  }

  @Test
  void closedPoolGivesNothing() {
    PagePool other = new PagePool(LIMIT);
    other.close();
    other.close();
    assertErrno(Errno.ENODEV, () -> other.allocate(page, account, closed -> {}));
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void memoryFilesAreClosedAndUnmappedWithThePool() throws IOException {
    int before = ProcessFiles.open("dmabuf-pool");
    long mapped = ProcessFiles.mapped("dmabuf-pool");
    PagePool other = new PagePool(LIMIT);
    other.allocate(40L << 20, account, closed -> {}).close();
    assertThat(ProcessFiles.open("dmabuf-pool")).isEqualTo(before + 3);
    other.close();
    assertThat(ProcessFiles.open("dmabuf-pool")).isEqualTo(before);
    assertThat(ProcessFiles.mapped("dmabuf-pool")).isEqualTo(mapped);
  }

  /** Fragments the pool at random and compares it with a model that knows who owns each page. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void fragmentedPoolNeverFailsWhilePagesAreFreeAndNeverGrowsWithoutNeed(long seed) {
    Random random = new Random(seed);
    List<BackingStore> live = new ArrayList<>();
    Map<Long, Integer> owner = new HashMap<>();
    int tag = 0;
    Map<BackingStore, Integer> tags = new HashMap<>();
    for (int step = 0; step < 600; step++) {
      if (live.isEmpty() || random.nextInt(100) < 55) {
        int wanted =
            switch (random.nextInt(4)) {
              case 0 -> 1 + random.nextInt(8);
              case 1 -> 1 + random.nextInt(64);
              case 2 -> 256 + random.nextInt(300);
              default -> 1 + random.nextInt(2000);
            };
        long bytes = (long) wanted * page;
        long used = pool.used();
        long reserved = pool.reserved();
        if (bytes > LIMIT - used) {
          assertErrno(Errno.ENOMEM, () -> allocate(bytes));
          assertThat(pool.used()).isEqualTo(used);
          continue;
        }
        BackingStore store = allocate(bytes);
        if (reserved - used >= bytes) {
          assertThat(pool.reserved()).as("seed %d step %d", seed, step).isEqualTo(reserved);
        }
        live.add(store);
        tags.put(store, ++tag);
        SgTable table = store.table(true);
        assertThat(table.size()).isEqualTo(bytes);
        assertThat(table.entries()).hasSize(store.runs());
        for (SgTable.Entry entry : table.entries()) {
          assertThat(entry.address() % page).isZero();
          for (long at = 0; at < entry.length(); at += page) {
            assertThat(owner.put(entry.address() + at, tag)).as("page is free").isNull();
            entry.segment().set(ValueLayout.JAVA_INT, at, tag);
          }
        }
        table.free();
      } else {
        BackingStore store = live.remove(random.nextInt(live.size()));
        release(store, tags.remove(store), owner);
      }
      assertThat(pool.used()).isEqualTo((long) owner.size() * page);
    }
    for (BackingStore store : live) {
      release(store, tags.remove(store), owner);
    }
    assertThat(owner).isEmpty();
  }

  private void release(BackingStore store, int tag, Map<Long, Integer> owner) {
    SgTable table = store.table(false);
    for (SgTable.Entry entry : table.entries()) {
      for (long at = 0; at < entry.length(); at += page) {
        assertThat(entry.segment().get(ValueLayout.JAVA_INT, at)).isEqualTo(tag);
        assertThat(owner.remove(entry.address() + at)).isEqualTo(tag);
      }
    }
    table.free();
    store.close();
  }

  @Test
  void storesTakenByManyThreadsDoNotOverlap() throws Exception {
    AtomicInteger tags = new AtomicInteger();
    Threads.together(
        4,
        number -> {
          Random random = new Random(number);
          for (int i = 0; i < 150; i++) {
            try (BackingStore store = allocate((1L + random.nextInt(400)) * page)) {
              byte tag = (byte) tags.incrementAndGet();
              fill(store, tag);
              SgTable table = store.table(false);
              assertThat(table.segments()).allMatch(segment -> isAll(segment, tag));
              table.free();
            }
          }
        });
  }
}
