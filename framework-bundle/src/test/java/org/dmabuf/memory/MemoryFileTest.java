package org.dmabuf.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;
import static org.dmabuf.memory.MemoryFile.F_SEAL_FUTURE_WRITE;
import static org.dmabuf.memory.MemoryFile.F_SEAL_GROW;
import static org.dmabuf.memory.MemoryFile.F_SEAL_SEAL;
import static org.dmabuf.memory.MemoryFile.F_SEAL_SHRINK;
import static org.dmabuf.memory.MemoryFile.F_SEAL_WRITE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.dmabuf.Errno;
import org.dmabuf.Row;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Memory files: sizes, seals, mappings and holes. */
class MemoryFileTest {
  private final PagePool pool = new PagePool(1L << 20);
  private final MemoryFiles files = new MemoryFiles(pool);
  private final MemoryAccount account = new MemoryAccount("test");
  private final int page = pool.pageSize();

  @AfterEach
  void nothingIsLeft() {
    assertThat(account.used()).isZero();
    pool.close();
  }

  private MemoryFile file(long bytes, int seals) {
    MemoryFile file = files.create("frame", bytes, account);
    file.addSeals(seals);
    return file;
  }

  @Test
  void sizeIsExactAndPagesAreCharged() {
    try (MemoryFile file = file(page + 1L, 0)) {
      assertThat(file.size()).isEqualTo(page + 1L);
      assertThat(file.mappable()).isEqualTo(2L * page);
      assertThat(account.used()).isEqualTo(2L * page);
    }
    try (MemoryFile empty = file(0, 0);
        Arena arena = Arena.ofConfined()) {
      assertThat(empty.mappable()).isZero();
      assertThat(account.used()).isZero();
      assertErrno(Errno.EINVAL, () -> empty.map(arena, 0, 1, false));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, -4096, Long.MIN_VALUE, Long.MAX_VALUE, Long.MAX_VALUE - 4095})
  void sizeThatCannotBeIsEinval(long bytes) {
    assertErrno(Errno.EINVAL, () -> files.create("frame", bytes, account));
    try (MemoryFile file = file(page, 0)) {
      assertErrno(Errno.EINVAL, () -> file.truncate(bytes));
    }
  }

  @Test
  void mappingsShowOneMemoryAndOutliveTheOwner() {
    MemoryFile file = file(3L * page, 0);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment all = file.map(arena, 0, 3L * page, true);
      MemorySegment tail = file.map(arena, page, 2L * page, false);
      all.set(ValueLayout.JAVA_INT, page + 8, 77);
      assertThat(tail.get(ValueLayout.JAVA_INT, 8)).isEqualTo(77);
      assertThat(tail.isReadOnly()).isTrue();
      file.close();
      file.close();
      assertErrno(Errno.ENODEV, () -> file.map(arena, 0, page, false));
      assertThat(all.get(ValueLayout.JAVA_INT, page + 8)).isEqualTo(77);
      assertThat(account.used()).as("charged while mapped").isEqualTo(3L * page);
    }
  }

  @Test
  void mappingIntoAClosedArenaLeavesNothing() {
    try (MemoryFile file = file(page, 0)) {
      Arena arena = Arena.ofConfined();
      arena.close();
      assertErrno(Errno.EINVAL, () -> file.map(arena, 0, page, true));
    }
  }

  @Test
  void mapOutsideIsEinval() {
    try (MemoryFile file = file(2L * page, 0);
        Arena arena = Arena.ofConfined()) {
      for (long[] range :
          new long[][] {
            {0, 0},
            {0, -1},
            {-page, page},
            {1, page},
            {page, page + 1L},
            {2L * page, 1},
            {Long.MAX_VALUE - page + 1, page},
            {page, Long.MAX_VALUE},
            {Long.MIN_VALUE, 1}
          }) {
        assertErrno(Errno.EINVAL, () -> file.map(arena, range[0], range[1], false));
      }
    }
  }

  @Test
  void sealsAddUpUntilSealed() {
    try (MemoryFile file = file(page, 0)) {
      file.addSeals(F_SEAL_SHRINK);
      file.addSeals(F_SEAL_GROW | F_SEAL_SHRINK);
      assertThat(file.seals()).isEqualTo(F_SEAL_SHRINK | F_SEAL_GROW);
      assertErrno(Errno.EINVAL, () -> file.addSeals(0x40));
      file.addSeals(F_SEAL_SEAL);
      assertErrno(Errno.EPERM, () -> file.addSeals(F_SEAL_WRITE));
      assertErrno(Errno.EPERM, () -> file.addSeals(0));
    }
  }

  @Test
  @Row({"L/10"})
  void writeSealForbidsWritableMappingsAndHoles() {
    for (int seal : new int[] {F_SEAL_WRITE, F_SEAL_FUTURE_WRITE}) {
      try (MemoryFile file = file(page, seal);
          Arena arena = Arena.ofConfined()) {
        assertErrno(Errno.EPERM, () -> file.map(arena, 0, page, true));
        assertErrno(Errno.EPERM, () -> file.punch(0, page));
        assertThat(file.map(arena, 0, page, false).get(ValueLayout.JAVA_INT, 0)).isZero();
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void writeSealIsBusyWhileMapped(boolean writable) {
    try (MemoryFile file = file(page, 0)) {
      try (Arena arena = Arena.ofConfined()) {
        file.map(arena, 0, page, writable);
        assertErrno(Errno.EBUSY, () -> file.addSeals(F_SEAL_WRITE | F_SEAL_GROW));
        assertThat(file.seals()).isZero();
      }
      file.addSeals(F_SEAL_WRITE);
    }
  }

  @Test
  @Row({"B/3"})
  void sizeIsWhatTheSealsAllow() {
    try (MemoryFile file = file(2L * page, F_SEAL_SHRINK | F_SEAL_GROW)) {
      assertErrno(Errno.EPERM, () -> file.truncate(page));
      assertErrno(Errno.EPERM, () -> file.truncate(3L * page));
      file.truncate(2L * page);
    }
  }

  @Test
  void sizeChangesWithItsChargeAndZeroesWhatComesBack() {
    try (MemoryFile file = file(2L * page, 0)) {
      file.truncate(5L * page);
      try (Arena arena = Arena.ofConfined()) {
        file.map(arena, 0, 5L * page, true).fill((byte) 5);
      }
      assertThat(account.used()).isEqualTo(5L * page);
      try (Arena arena = Arena.ofConfined()) {
        file.map(arena, page, 2L * page, false);
        assertErrno(Errno.EBUSY, () -> file.truncate(2L * page));
      }
      file.truncate(page);
      assertThat(account.used()).isEqualTo(page);
      file.truncate(5L * page);
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment all = file.map(arena, 0, 5L * page, false);
        assertThat(all.get(ValueLayout.JAVA_BYTE, 4L * page)).isZero();
        assertThat(all.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 5);
      }
    }
  }

  @Test
  void sizeMayEndWithAMappingAndMayBeNothing() {
    try (MemoryFile file = file(3L * page, 0)) {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment first = file.map(arena, 0, page + 1L, true);
        first.set(ValueLayout.JAVA_BYTE, page, (byte) 1);
        file.truncate(2L * page);
        file.truncate(page + 1L);
        assertThat(file.mappable()).isEqualTo(2L * page);
        assertErrno(Errno.EBUSY, () -> file.truncate(page));
        assertThat(first.get(ValueLayout.JAVA_BYTE, page)).isEqualTo((byte) 1);
      }
      file.truncate(0);
      assertThat(account.used()).isZero();
      file.truncate(Long.MAX_VALUE - page);
      assertThat(file.size()).isEqualTo(Long.MAX_VALUE - page);
    }
  }

  @Test
  void sizeWithinThePagesIsNotChargedAnew() {
    try (MemoryFile file = file(2L * page, 0)) {
      account.limit(1);
      file.truncate(page + 1L);
      file.truncate(2L * page);
      assertErrno(Errno.ENOMEM, () -> file.truncate(2L * page + 1));
      assertThat(file.size()).isEqualTo(2L * page);
      assertThat(account.used()).isEqualTo(2L * page);
    }
  }

  @Test
  void closedFileGivesNothingMore() {
    MemoryFile file = file(page, F_SEAL_SHRINK);
    file.close();
    assertErrno(Errno.ENODEV, () -> file.punch(0, page));
    assertErrno(Errno.ENODEV, () -> new MemoryRange(file, 0, page).check());
  }

  @Test
  void writeSealThatIsThereMayBeNamedAgainWhileMapped() {
    try (MemoryFile file = file(page, F_SEAL_WRITE);
        Arena arena = Arena.ofConfined()) {
      file.map(arena, 0, page, false);
      file.addSeals(F_SEAL_WRITE | F_SEAL_GROW);
      assertThat(file.seals()).isEqualTo(F_SEAL_WRITE | F_SEAL_GROW);
    }
  }

  @Test
  void holesReadAsZeroToTheByte() {
    try (MemoryFile file = file(4L * page, 0)) {
      for (long[] hole :
          new long[][] {
            {10, 20}, {0, 4L * page}, {page - 1L, page + 2L}, {page, page}, {3, 2L * page}
          }) {
        try (Arena arena = Arena.ofConfined()) {
          MemorySegment all = file.map(arena, 0, 4L * page, true);
          all.fill((byte) 7);
          file.punch(hole[0], hole[1]);
          for (long at = 0; at < 4L * page; at++) {
            boolean inside = at >= hole[0] && at < hole[0] + hole[1];
            if (all.get(ValueLayout.JAVA_BYTE, at) != (inside ? 0 : 7)) {
              throw new AssertionError("byte " + at + " after a hole at " + hole[0]);
            }
          }
        }
      }
      file.punch(100L * page, 5);
      file.punch(3L * page, Long.MAX_VALUE - 3L * page);
      assertErrno(Errno.EINVAL, () -> file.punch(-1, 5));
      assertErrno(Errno.EINVAL, () -> file.punch(0, 0));
      assertErrno(Errno.EINVAL, () -> file.punch(page, Long.MAX_VALUE));
    }
  }
}
