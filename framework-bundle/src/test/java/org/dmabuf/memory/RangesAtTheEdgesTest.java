package org.dmabuf.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.dmabuf.Errnos.assertErrno;

import java.lang.foreign.Arena;
import java.math.BigInteger;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.dmabuf.Errno;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Offsets and lengths at the edges of long, answered as numbers that cannot overflow say. */
class RangesAtTheEdgesTest {
  private static final int ROUNDS = 4000;

  private final PagePool pool = new PagePool(1L << 20);
  private final MemoryAccount account = new MemoryAccount("test");
  private final int page = pool.pageSize();
  private final long seed = new Random().nextLong();
  private final Random random = new Random(seed);

  @AfterEach
  void close() {
    assertThat(account.used()).isZero();
    pool.close();
  }

  /** A number near one that matters: an edge of long, a power of two, or a size. */
  private long edge(long size) {
    long base =
        switch (random.nextInt(5)) {
          case 0 -> 0;
          case 1 -> size;
          case 2 -> random.nextBoolean() ? Long.MAX_VALUE : Long.MIN_VALUE;
          case 3 -> 1L << random.nextInt(64);
          default -> (long) page * random.nextInt(8);
        };
    return switch (random.nextInt(4)) {
      case 0 -> base + random.nextInt(3) - 1;
      case 1 -> base + (random.nextBoolean() ? page : -page);
      default -> base;
    };
  }

  private boolean isWithin(long offset, long length, long size) {
    BigInteger end = BigInteger.valueOf(offset).add(BigInteger.valueOf(length));
    return offset >= 0
        && offset % page == 0
        && length >= 1
        && end.compareTo(BigInteger.valueOf(size)) <= 0;
  }

  private void answers(boolean allowed, ThrowingCallable call, long offset, long length) {
    try {
      if (allowed) {
        call.call();
      } else {
        assertErrno(Errno.EINVAL, call);
      }
    } catch (Throwable wrong) {
      throw new AssertionError(
          "seed " + seed + ": " + length + " bytes at " + offset + ": " + wrong, wrong);
    }
  }

  @Test
  void storeMapsWhatLiesWithinIt() {
    try (BackingStore store = pool.allocate(5L * page, account, closed -> {})) {
      for (int round = 0; round < ROUNDS; round++) {
        long offset = edge(store.size());
        long length = edge(store.size());
        try (Arena arena = Arena.ofConfined()) {
          answers(
              isWithin(offset, length, store.size()),
              () -> store.map(arena, offset, length, true),
              offset,
              length);
        }
      }
    }
  }

  @Test
  void fileMapsPunchesAndKeepsWhatLiesWithinIt() {
    long size = 5L * page - 100;
    try (MemoryFile file = new MemoryFiles(pool).create("frame", size, account)) {
      file.addSeals(MemoryFile.F_SEAL_SHRINK);
      for (int round = 0; round < ROUNDS; round++) {
        long offset = edge(size);
        long length = edge(size);
        BigInteger end = BigInteger.valueOf(offset).add(BigInteger.valueOf(length));
        try (Arena arena = Arena.ofConfined()) {
          answers(
              isWithin(offset, length, 5L * page),
              () -> file.map(arena, offset, length, true),
              offset,
              length);
        }
        answers(
            isWithin(offset, length, size) && length % page == 0,
            () -> new MemoryRange(file, offset, length).check(),
            offset,
            length);
        answers(
            offset >= 0 && length >= 1 && end.bitLength() < Long.SIZE,
            () -> file.punch(offset, length),
            offset,
            length);
      }
    }
  }

  @Test
  void regionGivesWhatFits() {
    ReservedRegion region = new ReservedRegion(pool, "reserved", 8L * page);
    for (int round = 0; round < ROUNDS; round++) {
      long bytes = edge(region.size());
      if (bytes >= 1 && bytes <= region.size()) {
        try (BackingStore store = region.allocate(bytes, account, closed -> {})) {
          assertThat(store.size()).isBetween(bytes, bytes + page - 1).isEqualTo(up(bytes));
        }
      } else {
        assertErrno(
            bytes < 1 ? Errno.EINVAL : Errno.ENOMEM,
            () -> region.allocate(bytes, account, closed -> {}));
      }
    }
    assertThat(region.destroy()).isTrue();
  }

  private long up(long bytes) {
    return (bytes + page - 1) / page * page;
  }
}
