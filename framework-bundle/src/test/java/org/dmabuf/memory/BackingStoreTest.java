package org.dmabuf.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.dmabuf.Errno;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BackingStoreTest {
  private final PagePool pool = new PagePool(32L << 20);
  private final MemoryAccount account = new MemoryAccount("test");
  private final int page = pool.pageSize();
  private BackingStore scattered;

  /** Every second page of a slab is taken, so that what comes next lies in single pages. */
  @BeforeEach
  void scatter() {
    int pages = (int) ((16L << 20) / page);
    List<BackingStore> singles = new ArrayList<>();
    for (int i = 0; i < pages; i++) {
      singles.add(allocate(page));
    }
    for (int i = 0; i < pages; i += 2) {
      singles.get(i).close();
    }
    scattered = allocate(9L * page);
    for (int i = 1; i < pages; i += 2) {
      singles.get(i).close();
    }
  }

  @AfterEach
  void close() {
    scattered.close();
    assertThat(pool.used()).isZero();
    pool.close();
  }

  private BackingStore allocate(long bytes) {
    return pool.allocate(bytes, account, closed -> {});
  }

  @Test
  void scatteredRunsCoverExactlyTheSize() {
    SgTable table = scattered.table(true);
    assertThat(scattered.runs()).isEqualTo(9);
    assertThat(table.size()).isEqualTo(9L * page);
    assertThat(table.entries()).allMatch(entry -> entry.length() == page);
    assertThat(table.entries()).extracting(SgTable.Entry::address).doesNotHaveDuplicates();
    table.free();
  }

  @Test
  void mappingShowsScatteredRunsAtAdjacentAddressesAtEveryOffset() {
    SgTable table = scattered.table(true);
    for (int i = 0; i < 9; i++) {
      MemorySegment run = table.entries().get(i).segment();
      for (int at = 0; at < page; at += 4) {
        run.set(ValueLayout.JAVA_INT, at, i * page + at);
      }
    }
    for (int first = 0; first < 9; first++) {
      try (Arena arena = Arena.ofConfined()) {
        long length = (9L - first) * page;
        MemorySegment mapped = scattered.map(arena, (long) first * page, length, true);
        assertThat(mapped.byteSize()).isEqualTo(length);
        for (long at = 0; at < length; at += 4) {
          if (mapped.get(ValueLayout.JAVA_INT, at) != (long) first * page + at) {
            throw new AssertionError("page " + first + " offset " + at);
          }
        }
        mapped.set(ValueLayout.JAVA_INT, length - 4, -first);
        assertThat(table.entries().getLast().segment().get(ValueLayout.JAVA_INT, page - 4))
            .isEqualTo(-first);
        mapped.set(ValueLayout.JAVA_INT, length - 4, 9 * page - 4);
      }
    }
    table.free();
  }

  @Test
  void partOfTheMemoryIsMappedToTheByte() {
    try (Arena arena = Arena.ofConfined()) {
      assertThat(scattered.map(arena, 3L * page, 1, true).byteSize()).isEqualTo(1);
      assertThat(scattered.map(arena, 3L * page, page + 1L, true).byteSize()).isEqualTo(page + 1L);
    }
  }

  @Test
  void readOnlyTablesAndMappingsRefuseWrites() {
    SgTable table = scattered.table(false);
    assertThat(table.segments()).allMatch(MemorySegment::isReadOnly);
    SgTable view = scattered.table(true).asReadOnly();
    assertThat(view.segments()).allMatch(MemorySegment::isReadOnly);
    view.free();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment mapped = scattered.map(arena, 0, page, false);
      assertThatThrownBy(() -> mapped.set(ValueLayout.JAVA_BYTE, 0, (byte) 1))
          .isInstanceOf(IllegalArgumentException.class);
    }
    table.free();
  }

  @Test
  void rangesOutsideAreEinval() {
    try (Arena arena = Arena.ofConfined()) {
      assertErrno(Errno.EINVAL, () -> scattered.map(arena, -page, page, true));
      assertErrno(Errno.EINVAL, () -> scattered.map(arena, 1, page, true));
      assertErrno(Errno.EINVAL, () -> scattered.map(arena, 0, 0, true));
      assertErrno(Errno.EINVAL, () -> scattered.map(arena, 9L * page, 1, true));
      assertErrno(Errno.EINVAL, () -> scattered.map(arena, 8L * page, page + 1L, true));
      assertErrno(Errno.EINVAL, () -> scattered.map(arena, page, Long.MAX_VALUE, true));
    }
  }

  @Test
  void accessAfterUnmapThrowsAtItsLine() {
    Arena arena = Arena.ofShared();
    MemorySegment mapped = scattered.map(arena, 0, page, true);
    arena.close();
    assertThatThrownBy(() -> mapped.get(ValueLayout.JAVA_BYTE, 0))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void ownersCloseIsToldOnce() {
    List<BackingStore> told = new ArrayList<>();
    BackingStore store = pool.allocate(page, account, told::add);
    SgTable table = store.table(true);
    store.close();
    store.close();
    table.free();
    assertThat(told).containsExactly(store);
    assertThat(store).asString().contains(Integer.toString(page));
  }

  /** A closed arena refuses the segment after it was mapped: the pages never came back. */
  @Test
  void mappingIntoAClosedArenaIsEinvalAndKeepsNothing() {
    Arena arena = Arena.ofShared();
    arena.close();
    assertErrno(Errno.EINVAL, () -> scattered.map(arena, 0, page, true));
    scattered.close();
    assertThat(pool.used()).isZero();
  }
}
