package org.dmabuf.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.dmabuf.Errnos.assertErrno;
import static org.dmabuf.memory.MemoryFile.F_SEAL_FUTURE_WRITE;
import static org.dmabuf.memory.MemoryFile.F_SEAL_GROW;
import static org.dmabuf.memory.MemoryFile.F_SEAL_SEAL;
import static org.dmabuf.memory.MemoryFile.F_SEAL_SHRINK;
import static org.dmabuf.memory.MemoryFile.F_SEAL_WRITE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.dmabuf.Errno;
import org.dmabuf.Row;
import org.dmabuf.sg.SgTable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Stores that are made of the pages of memory files. */
class MemoryFileStoreTest {
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

  private BackingStore store(MemoryRange... ranges) {
    return files.store(List.of(ranges), closed -> {});
  }

  private static void put(MemoryFile file, long at, int value) {
    try (Arena arena = Arena.ofConfined()) {
      file.map(arena, 0, file.mappable(), true).set(ValueLayout.JAVA_BYTE, at, (byte) value);
    }
  }

  private static int read(MemoryFile file, long at) {
    try (Arena arena = Arena.ofConfined()) {
      return file.map(arena, 0, file.mappable(), false).get(ValueLayout.JAVA_BYTE, at);
    }
  }

  private static int readDevice(BackingStore store, long at) {
    SgTable table = store.table(false);
    long left = at;
    for (MemorySegment segment : table.segments()) {
      if (left < segment.byteSize()) {
        int value = segment.get(ValueLayout.JAVA_BYTE, left);
        table.free();
        return value;
      }
      left -= segment.byteSize();
    }
    throw new AssertionError("offset " + at + " is beyond the table");
  }

  @Test
  @Row({"B/3"})
  void bufferKeepsThePageThatAHoleTookFromItsFile() {
    try (MemoryFile file = file(3L * page, F_SEAL_SHRINK)) {
      put(file, page, 1);
      BackingStore before = store(new MemoryRange(file, 0, 3L * page));
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment mapped = file.map(arena, 0, 3L * page, true);
        file.punch(page, page);
        assertThat(mapped.get(ValueLayout.JAVA_BYTE, page)).as("a mapping sees the hole").isZero();
        mapped.set(ValueLayout.JAVA_BYTE, page, (byte) 2);
        mapped.set(ValueLayout.JAVA_BYTE, 0, (byte) 9);
      }
      assertThat(readDevice(before, page)).as("the buffer has the old page").isEqualTo(1);
      assertThat(readDevice(before, 0)).as("others are shared still").isEqualTo(9);
      BackingStore after = store(new MemoryRange(file, 0, 3L * page));
      assertThat(readDevice(after, page)).isEqualTo(2);
      file.punch(page, page);
      assertThat(read(file, page)).isZero();
      assertThat(readDevice(after, page)).isEqualTo(2);
      assertThat(readDevice(before, page)).isEqualTo(1);
      before.close();
      after.close();
      file.punch(page, page);
      assertThat(read(file, page)).isZero();
    }
  }

  @Test
  void exchangedPageIsZeroedBehindTheEndLikeAnyOther() {
    try (MemoryFile kept = file(page, F_SEAL_SHRINK);
        MemoryFile file = file(page, 0)) {
      put(file, 100, 5);
      file.truncate(50);
      file.truncate(page);
      assertThat(read(file, 100)).isZero();
      BackingStore store = store(new MemoryRange(kept, 0, page));
      kept.punch(0, page);
      put(kept, 100, 6);
      assertThat(readDevice(store, 100)).isZero();
      store.close();
      assertThat(read(kept, 100)).as("the new page stays the file's").isEqualTo(6);
      kept.punch(50, 100);
      assertThat(read(kept, 100)).isZero();
    }
  }

  @Test
  @Row({"B/3", "N11"})
  void writeSealIsBusyWhileABufferLives() {
    try (MemoryFile file = file(page, F_SEAL_SHRINK)) {
      BackingStore store = store(new MemoryRange(file, 0, page));
      SgTable table = store.table(true);
      store.close();
      assertErrno(Errno.EBUSY, () -> file.addSeals(F_SEAL_WRITE));
      table.free();
      file.addSeals(F_SEAL_WRITE);
    }
  }

  @Test
  void bufferMayWriteWhatWasSealedAgainstFutureWritesLater() {
    try (MemoryFile file = file(page, F_SEAL_SHRINK)) {
      BackingStore store = store(new MemoryRange(file, 0, page));
      file.addSeals(F_SEAL_FUTURE_WRITE | F_SEAL_SEAL);
      try (Arena arena = Arena.ofConfined()) {
        store.map(arena, 0, page, true).set(ValueLayout.JAVA_BYTE, 0, (byte) 3);
        assertErrno(Errno.EPERM, () -> file.map(arena, 0, page, true));
      }
      assertThat(read(file, 0)).isEqualTo(3);
      store.close();
      assertErrno(Errno.EPERM, () -> file.addSeals(F_SEAL_GROW));
    }
  }

  @Test
  @Row({"B/1", "L/10"})
  void bufferNeedsTheSealsAndARangeWithinTheExactSize() {
    try (MemoryFile file = file(2L * page + 1, F_SEAL_SHRINK);
        MemoryFile open = file(page, F_SEAL_GROW);
        MemoryFile sealed = file(page, F_SEAL_SHRINK | F_SEAL_WRITE);
        MemoryFile future = file(page, F_SEAL_SHRINK | F_SEAL_FUTURE_WRITE)) {
      for (MemoryRange wrong :
          List.of(
              new MemoryRange(open, 0, page),
              new MemoryRange(sealed, 0, page),
              new MemoryRange(future, 0, page),
              new MemoryRange(file, 0, 0),
              new MemoryRange(file, 0, page - 1L),
              new MemoryRange(file, 1, page),
              new MemoryRange(file, 2L * page, page),
              new MemoryRange(file, -page, page),
              new MemoryRange(file, page, Long.MAX_VALUE / page * page))) {
        assertErrno(Errno.EINVAL, () -> store(new MemoryRange(file, 0, page), wrong));
      }
      assertErrno(Errno.EINVAL, () -> store());
      file.addSeals(F_SEAL_WRITE);
      assertThat(file.seals()).as("nothing was kept").isEqualTo(F_SEAL_SHRINK | F_SEAL_WRITE);
    }
  }

  @Test
  @Row({"B/2", "B/3"})
  void storeShowsRangesInOrderAlsoTwiceAndOutlivesTheFile() {
    MemoryFile one = file(4L * page, F_SEAL_SHRINK);
    MemoryFile two = file(page, F_SEAL_SHRINK);
    put(one, 2L * page, 12);
    put(one, 0, 10);
    put(two, 0, 20);
    BackingStore store =
        store(
            new MemoryRange(one, 2L * page, 2L * page),
            new MemoryRange(two, 0, page),
            new MemoryRange(one, 0, page),
            new MemoryRange(one, 0, page));
    one.close();
    two.close();
    assertThat(store.size()).isEqualTo(5L * page);
    assertThat(readDevice(store, 0)).isEqualTo(12);
    assertThat(readDevice(store, 2L * page)).isEqualTo(20);
    assertThat(readDevice(store, 3L * page)).isEqualTo(10);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment tail = store.map(arena, 3L * page, 2L * page, true);
      tail.set(ValueLayout.JAVA_BYTE, page + 1L, (byte) 99);
      assertThat(tail.get(ValueLayout.JAVA_BYTE, 1)).as("same page twice").isEqualTo((byte) 99);
    }
    SgTable table = store.table(true);
    MemorySegment first = table.segments().getFirst();
    store.close();
    assertThat(first.get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 12);
    table.free();
    assertThatIllegalStateException().isThrownBy(() -> first.get(ValueLayout.JAVA_BYTE, 0));
  }
}
