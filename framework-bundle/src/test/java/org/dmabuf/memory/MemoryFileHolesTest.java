package org.dmabuf.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.memory.MemoryFile.F_SEAL_SHRINK;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.dmabuf.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Holes below mappings and buffers, to the byte. */
class MemoryFileHolesTest {
  private final PagePool pool = new PagePool(1L << 20);
  private final MemoryFiles files = new MemoryFiles(pool);
  private final MemoryAccount account = new MemoryAccount("test");
  private final int page = pool.pageSize();

  @AfterEach
  void nothingIsLeft() {
    assertThat(account.used()).isZero();
    pool.close();
  }

  private MemoryFile file(long pages) {
    MemoryFile file = files.create("holed-file", pages * page, account);
    file.addSeals(F_SEAL_SHRINK);
    return file;
  }

  private BackingStore store(MemoryFile file, long firstPage, long pages) {
    return files.store(
        List.of(new MemoryRange(file, firstPage * page, pages * page)), closed -> {});
  }

  private static int at(MemorySegment memory, long offset) {
    return memory.get(ValueLayout.JAVA_BYTE, offset);
  }

  private static void assertHole(MemorySegment memory, long from, long to, int around) {
    for (long at = 0; at < memory.byteSize(); at++) {
      int expected = at >= from && at < to ? 0 : around;
      if (at(memory, at) != expected) {
        throw new AssertionError(
            "byte " + at + " with a hole from " + from + " to " + to + " is " + at(memory, at));
      }
    }
  }

  /** Mappings that end before the hole, begin with it, and begin behind it. */
  @Test
  @Row("B/3")
  void everyMappingSeesTheHoleAtItsOwnPlace() {
    try (MemoryFile file = file(5);
        Arena arena = Arena.ofConfined()) {
      MemorySegment all = file.map(arena, 0, 5L * page, true);
      MemorySegment before = file.map(arena, page, page, true);
      MemorySegment with = file.map(arena, 2L * page, 2L * page, true);
      MemorySegment behind = file.map(arena, 3L * page, page, true);
      all.fill((byte) 7);
      BackingStore store = store(file, 2, 1);
      file.punch(2L * page, page);
      assertHole(all, 2L * page, 3L * page, 7);
      assertHole(with, 0, page, 7);
      assertHole(before, 0, 0, 7);
      assertHole(behind, 0, 0, 7);
      with.set(ValueLayout.JAVA_BYTE, 9, (byte) 5);
      assertThat(at(all, 2L * page + 9)).as("they share the new page").isEqualTo(5);
      try (Arena device = Arena.ofConfined()) {
        assertHole(store.map(device, 0, page, false), 0, 0, 7);
      }
      store.close();
    }
  }

  @Test
  @Row("B/3")
  void pageThatNoBufferKeepsIsPunchedBesideOneThatIsKept() {
    try (MemoryFile file = file(3);
        Arena arena = Arena.ofConfined()) {
      MemorySegment all = file.map(arena, 0, 3L * page, true);
      all.fill((byte) 7);
      BackingStore store = store(file, 0, 1);
      file.punch(page, page);
      assertHole(all, page, 2L * page, 7);
      all.fill((byte) 7);
      file.punch(page - 3L, page + 6L);
      assertHole(all, page - 3L, 2L * page + 3L, 7);
      store.close();
    }
  }

  @Test
  void holeAcrossExchangedPagesIsZeroToTheByte() {
    try (MemoryFile file = file(4);
        Arena arena = Arena.ofConfined()) {
      BackingStore store = store(file, 0, 4);
      file.punch(0, 4L * page);
      MemorySegment all = file.map(arena, 0, 4L * page, true);
      for (long[] hole :
          new long[][] {
            {2L * page - 5, 2L * page + 5}, {page + 1L, page + 2L}, {3, 4L * page - 3}
          }) {
        all.fill((byte) 4);
        file.punch(hole[0], hole[1] - hole[0]);
        assertHole(all, hole[0], hole[1], 4);
      }
      BackingStore next = store(file, 1, 2);
      assertThat(next.size()).isEqualTo(2L * page);
      next.close();
      store.close();
    }
  }

  @Test
  void fileThatBecomesLongerKeepsItsExchangedPages() {
    try (MemoryFile file = file(1)) {
      BackingStore store = store(file, 0, 1);
      file.punch(0, page);
      try (Arena arena = Arena.ofConfined()) {
        file.map(arena, 0, page, true).fill((byte) 3);
      }
      file.truncate(2L * page);
      try (Arena arena = Arena.ofConfined()) {
        assertHole(file.map(arena, 0, 2L * page, true), page, 2L * page, 3);
      }
      store.close();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void spareFileGoesWithItsFile() throws IOException {
    MemoryFile file = file(2);
    BackingStore store = store(file, 0, 2);
    file.punch(0, 2L * page);
    assertThat(ProcessFiles.open("holed-file")).as("file and spare").isEqualTo(2);
    file.close();
    assertThat(ProcessFiles.open("holed-file")).isEqualTo(2);
    store.close();
    assertThat(ProcessFiles.open("holed-file")).isZero();
    assertThat(ProcessFiles.mapped("holed-file")).isZero();
  }
}
