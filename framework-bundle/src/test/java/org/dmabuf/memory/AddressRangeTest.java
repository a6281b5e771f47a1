package org.dmabuf.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.dmabuf.Errnos.assertErrno;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.dmabuf.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Addresses are given back however their use ends; so many that nobody else's are taken for it. */
@EnabledOnOs(OS.LINUX)
class AddressRangeTest {
  private static final long BYTES = 3L << 30;

  private final NativeMemory os = new NativeMemory();
  private final AtomicInteger unmapped = new AtomicInteger();

  private static boolean isTaken(long base) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/maps"))) {
      String[] ends = line.split(" ", 2)[0].split("-", 2);
      // The system may show it together with its neighbours.
      if (Long.compareUnsigned(Long.parseUnsignedLong(ends[0], 16), base) <= 0
          && Long.compareUnsigned(Long.parseUnsignedLong(ends[1], 16), base + BYTES) >= 0) {
        return true;
      }
    }
    return false;
  }

  private long base(AddressRange range) throws IOException {
    long[] base = new long[1];
    range.fill(at -> base[0] = at);
    assertThat(isTaken(base[0])).isTrue();
    return base[0];
  }

  @Test
  void rangeThatCannotBeFilledIsGivenBack() throws IOException {
    AddressRange range = new AddressRange(os, BYTES);
    long base = base(range);
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                range.fill(
                    at -> {
                      throw new IllegalStateException("planted");
                    }));
    assertThat(isTaken(base)).isFalse();
  }

  @Test
  void rangeThatAnArenaCannotTakeIsGivenBackAndNobodyIsTold() throws IOException {
    AddressRange range = new AddressRange(os, BYTES);
    long base = base(range);
    Arena closed = Arena.ofConfined();
    closed.close();
    assertErrno(Errno.EINVAL, () -> range.into(closed, BYTES, unmapped::incrementAndGet));
    assertThat(isTaken(base)).isFalse();
    assertThat(unmapped).hasValue(0);
  }

  @Test
  void rangeLivesAsLongAsItsArena() throws IOException {
    AddressRange range = new AddressRange(os, BYTES);
    long base = base(range);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment segment = range.into(arena, 5, unmapped::incrementAndGet);
      assertThat(segment.address()).isEqualTo(base);
      assertThat(segment.byteSize()).isEqualTo(5);
      assertThat(unmapped).hasValue(0);
    }
    assertThat(isTaken(base)).isFalse();
    assertThat(unmapped).hasValue(1);
  }
}
